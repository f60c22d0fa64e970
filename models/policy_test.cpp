// Policies: how many connections each worker gets, and how many it has.
#include <gmock/gmock.h>

#include <numeric>

#include "models/testing/hosted.h"

namespace bench {
namespace {

using testing::Each;
using testing::ElementsAre;

constexpr std::uint32_t kWorkers = 4;

/// Clients that stay, one after the other.
class Policy : public testing::Test {
 protected:
  explicit Policy(const char* name)
      : served_(model_named(name), {.workers = kWorkers}) {}

  void come(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      clients_.emplace_back(served_.port());
      clients_.back().send(get("/plaintext"));
      EXPECT_NE(clients_.back().read_answers(1), "");
    }
  }
  /// Every fourth one goes: all that one worker has, if they came in turn.
  void some_go() {
    std::size_t place = 0;
    std::erase_if(clients_, [&](const Client&) { return place++ % 4 == 0; });
    while (total() > clients_.size()) usleep(1000);
  }
  std::vector<std::uint32_t> open() const {
    return served_.of_workers(&WorkerCounts::open);
  }
  std::size_t total() const {
    const std::vector<std::uint32_t> all = open();
    return std::accumulate(all.begin(), all.end(), std::size_t{0});
  }

  Served served_;
  std::vector<Client> clients_;
};

struct RoundRobin : Policy {
  RoundRobin() : Policy("prefork/round-robin") {}
};
struct LeastLoaded : Policy {
  LeastLoaded() : Policy("prefork/least-loaded") {}
};
struct PowerOfTwo : Policy {
  PowerOfTwo() : Policy("prefork/power-of-two") {}
};

TEST_F(RoundRobin, GivesEachAsManyConnections) {
  constexpr std::uint32_t kEach = 2500;
  for (std::uint32_t i = 0; i < kWorkers * kEach; ++i) {
    Client client(served_.port());
    client.send(get("/plaintext"));
    EXPECT_NE(client.read_answers(1), "");
    client.reset();  // a port in TIME_WAIT for each would be too many
  }
  EXPECT_THAT(served_.of_workers(&WorkerCounts::connections), Each(kEach));
}

TEST_F(RoundRobin, DoesNotSeeWhoHasFewer) {
  come(64);
  some_go();
  come(16);
  EXPECT_THAT(open(), ElementsAre(4, 20, 20, 20));
}

TEST_F(LeastLoaded, KeepsConnectionsLevel) {
  come(64);
  some_go();
  come(16);
  EXPECT_THAT(open(), Each(16));
}

TEST_F(PowerOfTwo, KeepsConnectionsNearlyLevel) {
  come(64);
  some_go();
  come(16);
  const std::vector<std::uint32_t> all = open();
  EXPECT_EQ(total(), 64);
  EXPECT_LE(all.back() - all.front(), 4);
}

}  // namespace
}  // namespace bench
