// OneShot: a signal that fires once and stays fired; works in shared memory.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>

namespace bench {

/// Threads and processes wait, one fires, all go on. Every member is safe to
/// call from any thread or process that sees the memory. Zeroed memory is a
/// OneShot that has not fired. [futex(2); not FUTEX_PRIVATE, because waiters
/// may be in other processes]
class OneShot {
 public:
  void fire() {
    fired_.store(1, std::memory_order_release);
    syscall(SYS_futex, &fired_, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
  }

  bool fired() const { return fired_.load(std::memory_order_acquire) != 0; }

  /// Sleeps until fired or for `nanoseconds` at most; returns fired().
  bool wait_for(std::int64_t nanoseconds) {
    const timespec span{nanoseconds / 1'000'000'000,
                        nanoseconds % 1'000'000'000};
    if (!fired()) {
      syscall(SYS_futex, &fired_, FUTEX_WAIT, 0, &span, nullptr, 0);
    }
    return fired();
  }

 private:
  std::atomic<std::uint32_t> fired_;
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
};

}  // namespace bench
