// Fault: what it cost, counted by hand; and who gets it.
#include "harness/load/fault.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "harness/posix/child.h"
#include "harness/posix/clock.h"

namespace bench {
namespace {

constexpr std::int64_t kMs = 1'000'000;

/// A window of two seconds, in the middle of which it happens.
class FaultFigures : public testing::Test {
 protected:
  FaultFigures() {
    order_.seconds = 2;
    order_.timeout_seconds = 0.5;
    order_.fault = LoadFault{.at_seconds = 1};
  }

  /// A request a millisecond, each answered after `took`.
  void ask(std::int64_t from_ms, std::int64_t to_ms, std::int64_t took) {
    for (std::int64_t ms = from_ms; ms < to_ms; ++ms) {
      asked_.push_back({ms * kMs, ms * kMs + took, true});
    }
  }
  Json figures() const { return fault_figures(order_, damage_, asked_); }

  LoadOrder order_;
  Damage damage_{.at = 1000 * kMs, .whole = 1000 * kMs};
  std::vector<Asked> asked_;
};

TEST_F(FaultFigures, NothingIsLostWhereAllGoesOn) {
  ask(0, 2000, kMs / 10);
  const Json json = figures();
  EXPECT_EQ(json.at("asked"), 1000);
  EXPECT_EQ(json.at("lost"), 0);
  EXPECT_EQ(json.at("delayed"), 0);
  EXPECT_EQ(json.at("median_before_seconds"), 0.0001);
  EXPECT_DOUBLE_EQ(json.at("full_strength_seconds"), 0.0001);
  const Json& answers = json.at("answers");
  EXPECT_EQ(answers.at("before"), 20);
  EXPECT_EQ(answers.at("count"), Json(std::vector<int>(40, 50)));
}

TEST_F(FaultFigures, WhoWaitsIsDelayedAndWhoWaitsForTooLongIsLost) {
  ask(0, 1000, kMs / 10);
  // Nobody answers for 700 ms; then all are answered at once.
  for (std::int64_t ms = 1000; ms < 1700; ++ms) {
    asked_.push_back({ms * kMs, 1700 * kMs, true});
  }
  ask(1700, 2000, kMs / 10);
  const Json json = figures();
  EXPECT_EQ(json.at("asked"), 1000);
  EXPECT_EQ(json.at("lost"), 200);     // from 1000 to 1199 ms
  EXPECT_EQ(json.at("delayed"), 499);  // but for the one of 1 ms
  EXPECT_EQ(json.at("delayed_before"), 0);
  EXPECT_DOUBLE_EQ(json.at("full_strength_seconds"), 0.7);
  EXPECT_EQ(json.at("p99_before_seconds"), 0.0001);
  EXPECT_EQ(json.at("p99_during_seconds"), 0.5);
  damage_.whole = 1900 * kMs;
  EXPECT_DOUBLE_EQ(figures().at("full_strength_seconds"), 0.9);
}

TEST_F(FaultFigures, AServerThatIsGoneIsNeverBack) {
  ask(0, 1000, kMs / 10);
  for (std::int64_t ms = 999; ms < 2000; ++ms) {
    asked_.push_back({ms * kMs, 1001 * kMs, false});
  }
  damage_.whole.reset();
  const Json json = figures();
  EXPECT_EQ(json.at("asked"), 1001);  // one was under way
  EXPECT_EQ(json.at("lost"), 1001);
  EXPECT_TRUE(json.at("full_strength_seconds").is_null());
}

TEST_F(FaultFigures, AnswersMustBeBackForAWhile) {
  ask(0, 1000, kMs / 10);
  ask(1100, 1150, kMs / 10);  // a gasp
  ask(1500, 2000, kMs / 10);
  EXPECT_DOUBLE_EQ(figures().at("full_strength_seconds"), 0.5001);
}

TEST(DamageServer, ASignalComesToALeafOfTheTree) {
  LoadOrder order;
  order.fault = LoadFault{.at_seconds = 0, .signal = SIGKILL};
  int status = 0;
  const Child parent = Child::fork([&] {
    const Child child = Child::fork([] { pause(); });
    waitpid(child.pid(), &status, 0);
    pause();
  });
  order.server_pid = parent.pid();
  // Before it has a child it is the leaf itself.
  sleep_for(std::chrono::milliseconds(200));
  const std::int64_t now = now_ns();
  const Damage damage = damage_server(order, now, now + 200 * kMs);
  EXPECT_EQ(kill(parent.pid(), 0), 0);
  EXPECT_EQ(waitpid(parent.pid(), nullptr, WNOHANG), 0) << "the parent lives";
  // The parent has become a leaf in the child's place.
  ASSERT_TRUE(damage.whole.has_value());
  EXPECT_GE(*damage.whole, damage.at);
}

TEST(DamageServer, NobodyIsNoServer) {
  LoadOrder order;
  order.fault = LoadFault{.signal = SIGKILL};
  EXPECT_THROW(damage_server(order, 0, 0), std::runtime_error);
}

}  // namespace
}  // namespace bench
