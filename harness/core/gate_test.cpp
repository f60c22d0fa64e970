// Gate: all start together, all leave together, and a dead worker is noticed.
#include "harness/core/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>
#include <vector>

#include "harness/posix/child.h"
#include "harness/posix/clock.h"
#include "harness/posix/shared_array.h"

namespace bench {
namespace {

TEST(Gate, OpensForTheLastAndNotBefore) {
  SharedArray<Gate> gate(1);
  gate[0].expect(3);
  SharedArray<std::atomic<int>> inside(1);
  const std::int64_t before = now_ns();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        gate[0].enter();
        inside[0].fetch_add(1);
        gate[0].leave();
      });
    }
    EXPECT_EQ(inside[0], 0);
    gate[0].enter();
    gate[0].leave();
    EXPECT_EQ(inside[0], 3);
  }
  EXPECT_GE(gate[0].opened_at(), before);
  EXPECT_LE(gate[0].opened_at(), now_ns());
}

TEST(Gate, ReadsTheMemoryOfAllProcessesWhileTheyLive) {
  SharedArray<Gate> gate(1);
  gate[0].expect(1);
  constexpr std::size_t kBig = 64 << 20;
  Child child = Child::fork([&] {
    std::vector<char> big(kBig, 1);
    gate[0].enter();
    EXPECT_EQ(big[kBig - 1], 1);
    gate[0].leave();
  });
  gate[0].enter();
  gate[0].leave();
  child.join("child");
  EXPECT_GT(*gate[0].memory().pss_bytes, static_cast<std::int64_t>(kBig));
  EXPECT_GT(gate[0].memory().peak_rss_bytes, static_cast<std::int64_t>(kBig));
}

TEST(Gate, CountsEachProcessOnceAndOnlyBeforeItsEntry) {
  SharedArray<Gate> gate(1);
  gate[0].expect(3);
  const auto burn = [] {
    const std::int64_t start = now_ns();
    while (now_ns() - start < 30'000'000) {
    }
  };
  Usage before = Usage::of_this_process_and_reaped_children();
  Child child = Child::fork([&] {
    burn();
    gate[0].enter();
    gate[0].leave();
  });
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        gate[0].enter();
        gate[0].leave();
      });
    }
    gate[0].enter();
    gate[0].leave();
  }
  child.join("child");
  const double at_entry = gate[0].usage_at_entry().cpu_seconds();
  // Three seats of this process count once, not three times.
  EXPECT_LT(at_entry, 2 * before.cpu_seconds() + 0.5);
  EXPECT_GT(at_entry, before.cpu_seconds());
}

template <typename Body>
std::string failure_of(Body body) {
  try {
    body();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

TEST(Gate, NoticesAWorkerThatDiesBeforeTheStart) {
  SharedArray<Gate> gate(1);
  gate[0].expect(1);
  Child child = Child::fork([] { raise(SIGKILL); });
  EXPECT_EQ(failure_of([&] { gate[0].enter(); }),
            "a worker process was killed by SIGKILL");
}

TEST(Gate, NoticesAWorkerThatDiesAtWork) {
  SharedArray<Gate> gate(1);
  gate[0].expect(1);
  Child child = Child::fork([&] {
    gate[0].enter();
    _exit(9);
  });
  gate[0].enter();
  EXPECT_EQ(failure_of([&] { gate[0].leave(); }),
            "a worker process exited with 9");
}

TEST(Gate, NoticesAWorkerThatLeavesBeforeTheOthers) {
  SharedArray<Gate> gate(1);
  gate[0].expect(1);
  Child child = Child::fork([&] { gate[0].enter(); });
  gate[0].enter();
  EXPECT_EQ(failure_of([&] { gate[0].leave(); }),
            "a worker process exited with 0");
}

TEST(Gate, LetsNobodyWaitForAPartyThatGaveUp) {
  SharedArray<Gate> gate(1);
  gate[0].expect(1);
  std::jthread thread([&] {
    EXPECT_EQ(failure_of([&] { gate[0].enter(); }), "a worker gave up");
  });
  gate[0].abandon();
}

TEST(Gate, CountsShortLivedProcessesByTheirPeak) {
  SharedArray<Gate> gate(1);
  gate[0].enter();
  Child::fork([] { std::vector<char> big(32 << 20, 1); }).join("child");
  gate[0].count_short_lived(3);
  gate[0].leave();
  EXPECT_GT(gate[0].memory().peak_rss_bytes, 3 * (32 << 20));
  EXPECT_FALSE(gate[0].memory().pss_bytes.has_value());
}

TEST(Gate, RefusesMorePartiesThanItHasSeats) {
  SharedArray<Gate> gate(1);
  EXPECT_THAT(failure_of([&] { gate[0].expect(Gate::kMaxParties); }),
              testing::HasSubstr(std::to_string(Gate::kMaxParties + 1)));
}

}  // namespace
}  // namespace bench
