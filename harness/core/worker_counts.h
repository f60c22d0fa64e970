// WorkerCounts: the connections and requests of one worker.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

namespace bench {

/// What one worker does for its clients. It alone writes here, once it has
/// called Server::enter(); others read, and none of them shares its cache line.
/// Whoever replaces one that died goes on counting where that one ended. Bytes
/// of 0 are nobody's.
struct alignas(64) WorkerCounts {
  std::atomic<pid_t> thread{0};     ///< gettid(2); 0: there is no such worker
  std::atomic<pid_t> process{0};    ///< getpid(2)
  std::atomic<bool> loops{false};   ///< drives many connections at once
  std::atomic<bool> shares{false};  ///< takes them from a listener in turn
  std::atomic<std::uint32_t> open{0};         ///< connections that it has now
  std::atomic<std::uint32_t> connections{0};  ///< and ever had
  std::atomic<std::uint32_t> replaced{0};     ///< how often somebody took over
  std::atomic<std::uint64_t> requests{0};     ///< that it has answered
  /// When it last showed life, now_ns(); 0: it never does.
  std::atomic<std::int64_t> beat{0};

  /// An addition by the one who writes.
  template <typename Number>
  static void add(std::atomic<Number>& to, Number what) {
    to.store(to.load(std::memory_order_relaxed) + what,
             std::memory_order_relaxed);
  }
};

}  // namespace bench
