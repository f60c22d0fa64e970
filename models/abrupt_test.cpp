// Abrupt: clients and workers that leave at the worst moment.
//
// Every model, over real sockets. Nothing here is decided by time: a server is
// held by SIGSTOP where the order of things matters.
#include <gmock/gmock.h>

#include <cstdlib>
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
                                         "prefork/least-loaded",
                                         "prefork/power-of-two"),
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
