// Stopping: whoever was there before is answered, and nobody else.
//
// Every model, over real sockets. Nothing here is decided by time: a server or
// its backend is held by SIGSTOP where the order of things matters.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "harness/backend/backend.h"
#include "models/testing/hosted.h"

namespace bench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Stopping : public testing::TestWithParam<const ModelInfo*> {};

INSTANTIATE_TEST_SUITE_P(All, Stopping, testing::ValuesIn(models_that_serve()),
                         [](const auto& one) {
                           return as_test_name(one.param->name());
                         });

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

TEST_P(Stopping, AStopRefusesNewcomersBeforeTheLastAnswer) {
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

TEST_P(Stopping, NewcomersWithoutEndDoNotKeepAServerFromStopping) {
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

TEST_P(Stopping, WhoIsInTheQueueAtAStopIsAnswered) {
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

TEST_P(Stopping, WhoWaitsForADescriptorAtAStopIsAnswered) {
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

TEST_P(Stopping, ASignalToEveryProcessIsOneStop) {
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

TEST_P(Stopping, ASlowReaderIsWaitedForAndASilentOneIsNot) {
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

}  // namespace
}  // namespace bench
