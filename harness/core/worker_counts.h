// WorkerCounts: the connections and requests of one worker.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "harness/posix/shared_array.h"

namespace bench {

/// Why a process was replaced that nobody had asked to end.
enum class Cause : std::uint8_t { exited, crashed, hung, memory, requests };
constexpr std::array<const char*, 5> kCauses = {"exited", "crashed", "hung",
                                                "memory", "requests"};

/// What one worker does for its clients. It alone writes here, once it has
/// taken a seat; others read, and none of them shares its cache line.
/// Whoever replaces one that died goes on counting where that one ended. Bytes
/// of 0 are nobody's.
struct alignas(64) WorkerCounts {
  std::atomic<pid_t> thread{0};     ///< gettid(2); 0: there is no such worker
  std::atomic<pid_t> process{0};    ///< getpid(2)
  std::atomic<bool> loops{false};   ///< drives many connections at once
  std::atomic<bool> shares{false};  ///< takes them from a listener in turn
  std::atomic<std::uint32_t> open{0};         ///< connections that it has now
  std::atomic<std::uint32_t> connections{0};  ///< and ever had
  std::atomic<std::uint64_t> requests{0};     ///< that it has answered
  std::atomic<std::uint64_t> errors{0};  ///< of them with a status from 400
  std::atomic<std::uint64_t> bytes{0};   ///< of the bodies of its answers
  /// When it last showed life, now_ns(); 0: it never does.
  std::atomic<std::int64_t> beat{0};
  std::atomic<std::int64_t> since{0};    ///< it has entered, now_ns()
  std::atomic<std::uint64_t> first{0};   ///< `requests` at that time
  std::atomic<std::uint64_t> jobs{0};    ///< that it did for another process
  std::atomic<std::uint32_t> queued{0};  ///< jobs that wait for such a one
  std::atomic<std::uint32_t> away{0};    ///< jobs that such ones have now
  /// Jobs that found the queue full, connections that found nobody.
  std::atomic<std::uint64_t> rejected{0};
  /// A Cause to replace it for, which whoever looks after limits has found; 0:
  /// none.
  std::atomic<std::uint8_t> worn{0};
  std::atomic<std::uint64_t> sent{0};         ///< messages to other processes
  std::atomic<std::uint64_t> refused{0};      ///< and such as it could not send
  std::atomic<std::uint64_t> received{0};     ///< messages that it was given
  std::atomic<std::uint32_t> unsent{0};       ///< messages that wait to go, now
  std::atomic<std::uint32_t> most_unsent{0};  ///< and at most
  /// Messages to its process that it was never given: too many waited, or it
  /// ended first. This and what wait for it the main process writes.
  std::atomic<std::uint64_t> dropped{0};
  std::atomic<std::uint32_t> undelivered{0};       ///< now
  std::atomic<std::uint32_t> most_undelivered{0};  ///< and at most
  /// How often somebody took over from one who had died, by Cause.
  std::array<std::atomic<std::uint32_t>, kCauses.size()> replaced{};

  /// An addition by the one who writes.
  template <typename Number>
  static void add(std::atomic<Number>& to, Number what) {
    to.store(to.load(std::memory_order_relaxed) + what,
             std::memory_order_relaxed);
  }
};

/// Makes the calling thread one of those who count here, if there is room.
void take_seat(SharedArray<WorkerCounts>& seats);
/// Of the calling thread; of nobody's if it has no seat.
WorkerCounts& own_counts();
/// The seats are about to go.
void leave_seat();

}  // namespace bench
