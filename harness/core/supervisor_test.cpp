// Supervisor: real processes, killed, aborted and followed by others.
#include "harness/core/supervisor.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <numeric>
#include <stdexcept>

#include "harness/core/gate.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/clock.h"

namespace bench {
namespace {

using namespace std::chrono_literals;

/// Two workers as a server has them, in a process of their own: each takes a
/// seat, says that it is ready, and does what it is told.
class Watched {
 public:
  /// What a worker does; `birth` counts from 0 over all of them.
  using Body = std::function<void(WorkerCounts& seat, int birth)>;

  /// Supervises until a worker asks for the end.
  void run(const Body& body) {
    Child::fork([&] {
      Processes workers(gate_[0], 2, [&](std::uint32_t) { work(body); });
      while (births_[0] < 2) sleep_for(1ms);
      Supervisor({.stop = stop_.get(),
                  .entered = entered_.get(),
                  .counts = counts_,
                  .restarts = true,
                  .health = 300ms,
                  .grace = 5s},
                 workers)
          .run();
    }).join("the supervisor");
  }
  void stop() { tell(stop_); }

  /// Of all seats together.
  std::uint64_t requests() const {
    return std::accumulate(
        counts_.begin(), counts_.end(), std::uint64_t{0},
        [](std::uint64_t sum, const auto& one) { return sum + one.requests; });
  }
  std::uint32_t replaced() const {
    return std::accumulate(counts_.begin(), counts_.end(), 0U,
                           [](std::uint32_t sum, const auto& one) {
                             return std::accumulate(one.replaced.begin(),
                                                    one.replaced.end(), sum);
                           });
  }
  std::uint32_t replaced(Cause cause) const {
    return std::accumulate(
        counts_.begin(), counts_.end(), 0U, [&](auto sum, const auto& one) {
          return sum + one.replaced[static_cast<std::size_t>(cause)];
        });
  }
  bool third_seat_was_taken() const { return counts_[2].requests != 0; }

 private:
  static void tell(const Fd& event) {
    const std::uint64_t one = 1;
    check(write(event.get(), &one, sizeof one), "write");
  }
  void work(const Body& body) {
    take_seat(counts_);
    WorkerCounts::add(own_counts().requests, std::uint64_t{10});
    const int birth = births_[0].fetch_add(1);
    tell(entered_);
    body(own_counts(), birth);
    for (;;) pause();
  }

  SharedArray<Gate> gate_{1};
  SharedArray<WorkerCounts> counts_{3};
  SharedArray<std::atomic<int>> births_{1};
  const Fd stop_{eventfd(0, EFD_CLOEXEC)};
  const Fd entered_{eventfd(0, EFD_CLOEXEC)};
};

TEST(Supervisor, ReplacesWhoDiesAndItsCountsGoOn) {
  Watched two;
  two.run([&](WorkerCounts&, int birth) {
    if (birth == 4) two.stop();
    if (birth > 0 && birth < 4) raise(SIGKILL);
  });
  EXPECT_EQ(two.replaced(), 3u);
  EXPECT_EQ(two.requests(), 50u);
  EXPECT_FALSE(two.third_seat_was_taken());
}

TEST(Supervisor, AbortsAndReplacesWhoShowsNoLifeAnyMore) {
  Watched two;
  two.run([&](WorkerCounts& seat, int birth) {
    if (birth == 0) seat.beat = now_ns();  // the only time
    if (birth == 2) two.stop();
  });
  EXPECT_EQ(two.replaced(), 1u) << "the other one never showed any";
}

TEST(Supervisor, StartsAnotherBeforeItEndsWhoIsWorn) {
  Watched two;
  two.run([&](WorkerCounts& seat, int birth) {
    signal(SIGUSR2, [](int) { _exit(0); });
    if (birth == 0) seat.worn = static_cast<std::uint8_t>(Cause::requests);
    if (birth != 2) return;
    while (two.replaced(Cause::requests) == 0) sleep_for(1ms);
    two.stop();
  });
  EXPECT_EQ(two.replaced(), 1u);
  EXPECT_TRUE(two.third_seat_was_taken());
}

TEST(Supervisor, GivesUpWhoNeverGetsReady) {
  SharedArray<WorkerCounts> counts(1);
  const Fd never(eventfd(0, EFD_CLOEXEC));
  const Fd nobody(eventfd(0, EFD_CLOEXEC));
  SharedArray<Gate> gate(1);
  SharedArray<std::atomic<int>> births(1);
  Processes workers(gate[0], 1, [&](std::uint32_t) {
    births[0].fetch_add(1);
    _exit(3);
  });
  Supervisor supervisor({.stop = never.get(),
                         .entered = nobody.get(),
                         .counts = counts,
                         .restarts = true,
                         .health = 5s},
                        workers);
  try {
    supervisor.run();
    FAIL() << "must give up";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(),
                 "no worker gets ready; the last one exited with 3");
  }
  EXPECT_EQ(births[0], 1 + 5) << "the first counts as ready";
}

}  // namespace
}  // namespace bench
