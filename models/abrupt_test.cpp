// Abrupt: clients that leave at the worst moment, and servers that must stop.
//
// Every model, over real sockets. Nothing here is decided by time: a server is
// held by SIGSTOP where the order of things matters.
#include <gmock/gmock.h>

#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

#include "harness/backend/backend.h"
#include "models/testing/hosted.h"

namespace bench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Abrupt : public testing::TestWithParam<const ModelInfo*> {};

INSTANTIATE_TEST_SUITE_P(All, Abrupt, testing::ValuesIn(models_that_serve()),
                         [](const auto& one) {
                           return as_test_name(one.param->name());
                         });

constexpr const char* kOk = "HTTP/1.1 200 ";

/// What a client has sent when it ends, and how many answers it is owed.
struct Moment {
  std::string bytes;
  int answers;
};

/// A moment in every kind of step that a connection can be in.
std::vector<Moment> moments() {
  return {
      {"", 0},            // reads
      {"GET /plain", 0},  // reads on
      {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nbod", 0},
      {get("/plaintext"), 1},        // is idle
      {get("/io?ms=5"), 1},          // calls
      {get("/cpu?us=500"), 1},       // computes
      {get("/bytes?n=3000000"), 1},  // writes
      {get("/plaintext") + get("/io?ms=2") + get("/cpu?us=100"), 3},
      {get("/bytes?n=300000") + get("/io?ms=2") + "GET /pl", 2},
  };
}

enum class End { by_reset, by_half_close, by_close };

/// Eight clients that send the same and end alike. With `held` the server
/// sees what they have sent and their end in one look.
void leave(const Served& served, const Moment& moment, End end, bool held) {
  if (held) served.signal_all(SIGSTOP);
  std::vector<Client> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back(served.port());
    clients.back().send(moment.bytes);
  }
  for (Client& client : clients) {
    if (end == End::by_reset) client.reset();
    if (end == End::by_half_close) client.shut();
    if (end == End::by_close) client.close();
  }
  if (held) served.signal_all(SIGCONT);
  if (end != End::by_half_close) return;
  for (Client& client : clients) {
    ASSERT_EQ(count_of(kOk, client.read_to_end()), moment.answers)
        << moment.bytes;
  }
}

/// BENCH_ABRUPT_ROUNDS=2000 looks longer.
int rounds() {
  const char* const given = std::getenv("BENCH_ABRUPT_ROUNDS");
  return given != nullptr ? std::atoi(given) : 54;
}

TEST_P(Abrupt, ClientsMayLeaveAtEveryStep) {
  const Backend backend = Backend::start({}, 100, 1, run_backend);
  Served served(*GetParam(), {.backend_port = backend.port()});
  const std::vector<Moment> all = moments();
  for (int round = 0; round < rounds(); ++round) {
    const auto place = static_cast<std::size_t>(round);
    const auto end = static_cast<End>(place / all.size() % 3);
    const bool held = place / all.size() / 3 % 2 == 0;
    leave(served, all[place % all.size()], end, held);
    if (HasFatalFailure()) break;
  }
  EXPECT_THAT(ask(served.port(), "/plaintext"), HasSubstr("Hello, World!"));
  EXPECT_THAT(ask(served.port(), "/io?ms=1"), StartsWith(kOk));
  EXPECT_EQ(served.stop(), 0);
}

/// How many get an answer (502 where there is no descriptor for a process), in
/// whichever order. Each closes then: some servers
/// serve one client after the other.
int answered_among(std::vector<Client> clients) {
  int answered = 0;
  while (!clients.empty()) {
    std::erase_if(clients, [&](Client& client) {
      if (!client.has_input()) return false;
      answered += count_of("HTTP/1.1 ", client.read_to_end());
      return true;
    });
  }
  return answered;
}

TEST_P(Abrupt, AStopRefusesNewcomersBeforeTheLastAnswer) {
  const Backend backend = Backend::start({}, 100, 1, run_backend);
  Served served(*GetParam(), {.backend_port = backend.port()});
  Client busy(served.port());
  busy.send(get("/health"));
  EXPECT_THAT(busy.read_answers(1), HasSubstr("ok"));
  kill(backend.pid(), SIGSTOP);  // the last answer comes when it goes on
  busy.send(get("/io?ms=1"));
  usleep(50'000);  // so that it has been read, mostly
  kill(served.pid(), SIGTERM);
  while (listens(served.port())) {
  }
  EXPECT_FALSE(busy.has_input());
  kill(backend.pid(), SIGCONT);
  EXPECT_THAT(busy.read_to_end(), StartsWith(kOk));
  EXPECT_EQ(served.wait(), 0);
}

TEST_P(Abrupt, NewcomersWithoutEndDoNotKeepAServerFromStopping) {
  Served served(*GetParam(), {.workers = 1});
  std::atomic<int> came{0};
  const auto come_and_go = [&] {
    while (listens(served.port())) came.fetch_add(1);
  };
  std::vector<std::jthread> crowd;
  for (int i = 0; i < 4; ++i) crowd.emplace_back(come_and_go);
  usleep(50'000);  // so that the queue is full, mostly
  came.store(0);
  kill(served.pid(), SIGTERM);
  EXPECT_EQ(served.wait(), 0);
  // A queue and what the parent and the worker take from it at their ends.
  EXPECT_LE(came.load(), 3 * 4096);
}

TEST_P(Abrupt, WhoIsInTheQueueAtAStopIsAnswered) {
  Served served(*GetParam());
  served.signal_all(SIGSTOP);
  std::vector<Client> clients;
  for (int i = 0; i < 200; ++i) {
    clients.emplace_back(served.port());
    clients.back().send(get("/plaintext"));
  }
  kill(served.pid(), SIGTERM);
  served.signal_all(SIGCONT);
  EXPECT_EQ(answered_among(std::move(clients)), 200);
  EXPECT_EQ(served.wait(), 0);
}

TEST_P(Abrupt, WhoWaitsForADescriptorAtAStopIsAnswered) {
  Served served(*GetParam(), {.workers = 1});
  Client first(served.port());
  first.send(get("/plaintext"));
  EXPECT_THAT(first.read_answers(1), HasSubstr("Hello, World!"));
  // A parent that passes connections on needs one for a moment.
  served.limit_descriptors(1);
  std::vector<Client> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back(served.port());
    clients.back().send(get("/plaintext"));
  }
  usleep(20'000);  // so that the server has run out of descriptors, mostly
  kill(served.pid(), SIGTERM);
  EXPECT_EQ(answered_among(std::move(clients)), 4);
  EXPECT_EQ(served.wait(), 0);
}

TEST_P(Abrupt, ASignalToEveryProcessIsOneStop) {
  const Backend backend = Backend::start({}, 100, 1, run_backend);
  Served served(*GetParam(), {.backend_port = backend.port()});
  Client busy(served.port());
  busy.send(get("/health"));
  EXPECT_THAT(busy.read_answers(1), HasSubstr("ok"));
  busy.send(get("/io?ms=300"));
  usleep(50'000);  // it has been read, and is far from answered
  served.signal_all(SIGTERM);
  EXPECT_THAT(busy.read_to_end(), StartsWith(kOk));
  EXPECT_EQ(served.wait(), 0);
}

TEST_P(Abrupt, ADeadWorkerLeavesNobodyWaiting) {
  const ModelInfo& model = *GetParam();
  const Backend backend = Backend::start({}, 100, 1, run_backend);
  Served served(model, {.backend_port = backend.port()});
  const std::vector<pid_t> processes = served.processes();
  if (processes.size() == 1) GTEST_SKIP() << "it has no other process";
  const bool calls = model.serves == ModelInfo::Serves::in_parent;
  std::vector<Client> clients;
  if (calls) {
    for (int i = 0; i < 10; ++i) {
      clients.emplace_back(served.port());
      clients.back().send(get("/io?ms=20") + get("/io?ms=20"));
    }
    usleep(10'000);  // some of it is under way, mostly
  }
  kill(processes.back(), SIGKILL);
  for (Client& client : clients) {
    const std::string answers = client.read_to_end();
    EXPECT_EQ(count_of(kOk, answers) + count_of("HTTP/1.1 502 ", answers), 2);
  }
  // It ends without being asked, and says by its status why.
  EXPECT_EQ(WEXITSTATUS(served.wait()), 1);
}

TEST_P(Abrupt, ASlowReaderIsWaitedForAndASilentOneIsNot) {
  HttpLimits limits;
  limits.write_time = std::chrono::milliseconds(400);
  Served served(*GetParam(), {.workers = 1, .limits = limits});
  Client client(served.port());
  client.send(get("/bytes?n=100000000"));
  // Its deadline comes and goes while the reader takes what it can.
  EXPECT_TRUE(client.read_slowly(100, 10'000));
  // The drain would have no end if the server waited for somebody who does
  // not read any more.
  EXPECT_EQ(served.stop(), 0);
}

const ModelInfo& model_called(const std::string& name) {
  for (const ModelInfo& model : all_models()) {
    if (model.name() == name) return model;
  }
  throw std::invalid_argument(name);
}

TEST(Spawn, AProcessThatCannotBeMadeIsTheFailureOfItsCall) {
  Served served(model_called("fork-ipc/spawn"));
  Client client(served.port());
  client.send(get("/plaintext"));
  client.read_answers(1);
  served.limit_descriptors(0);
  client.send(get("/cpu?us=10"));
  const std::string answer = client.read_answers(1);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 502 "));
  EXPECT_THAT(answer, HasSubstr("EMFILE"));
  served.limit_descriptors(20);
  client.send(get("/cpu?us=10"));
  EXPECT_THAT(client.read_answers(1), StartsWith(kOk));
  client.close();
  EXPECT_EQ(served.stop(), 0);
}

TEST(Spawn, AProcessThatDiesIsTheFailureOfItsCall) {
  const Backend backend = Backend::start({}, 100, 1, run_backend);
  Served served(model_called("fork-ipc/spawn"),
                {.backend_port = backend.port()});
  Client client(served.port());
  client.send(get("/io?ms=60000"));
  std::vector<pid_t> processes;
  while ((processes = served.processes()).size() == 1) {
  }
  kill(processes.back(), SIGKILL);
  EXPECT_THAT(client.read_answers(1), HasSubstr("EPIPE"));
  client.send(get("/cpu?us=10"));
  EXPECT_THAT(client.read_answers(1), StartsWith(kOk));
  client.close();
  EXPECT_EQ(served.stop(), 0);
}

class Passing : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(All, Passing,
                         testing::Values("prefork/round-robin",
                                         "prefork/least-loaded"),
                         [](const auto& one) {
                           return as_test_name(one.param);
                         });

TEST_P(Passing, AWorkerThatIsFullHoldsUpNobodyElse) {
  Served served(model_called(GetParam()));
  const pid_t held = served.processes().back();
  kill(held, SIGSTOP);
  // More than fit into the socket between the parent and a worker.
  std::vector<Client> clients;
  for (int i = 0; i < 900; ++i) {
    clients.emplace_back(served.port());
    clients.back().send(get("/plaintext"));
  }
  // All but those that lie in the full socket are answered.
  int answered = 0;
  while (answered < 500) {
    answered = 0;
    for (Client& client : clients) answered += client.has_input() ? 1 : 0;
  }
  kill(held, SIGCONT);
  for (Client& client : clients) {
    ASSERT_THAT(client.read_answers(1), HasSubstr("Hello, World!"));
  }
  clients.clear();
  EXPECT_EQ(served.stop(), 0);
}

TEST_P(Passing, AWorkerWithoutDescriptorsLosesNobody) {
  Served served(model_called(GetParam()), {.workers = 1});
  served.limit_descriptors(1);
  std::vector<Client> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back(served.port());
    clients.back().send(get("/plaintext"));
  }
  EXPECT_THAT(clients[0].read_answers(1), HasSubstr("Hello, World!"));
  served.limit_descriptors(20);
  for (std::size_t i = 1; i < clients.size(); ++i) {
    EXPECT_THAT(clients[i].read_answers(1), HasSubstr("Hello, World!"));
  }
  clients.clear();
  EXPECT_EQ(served.stop(), 0);
}

}  // namespace
}  // namespace bench
