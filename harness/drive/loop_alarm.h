// LoopAlarm: pauses on a libuv loop, finer than libuv's own timers.
//
// libuv's timers count milliseconds. This one stands on a timerfd, which the
// loop watches like any other descriptor, and keeps the pauses in a heap.
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "harness/posix/fd.h"

namespace bench {

/// One thread makes, uses and destroys it: the loop's.
class LoopAlarm {
 public:
  /// Calls `ring(what)` from the loop for everything that is due. Throws
  /// std::system_error.
  LoopAlarm(uv_loop_t& loop, std::function<void(void*)> ring);
  LoopAlarm(const LoopAlarm&) = delete;
  LoopAlarm& operator=(const LoopAlarm&) = delete;

  /// Rings for `what` at `due`, in nanoseconds of now_ns().
  void set(std::int64_t due, void* what);

  /// Begins to close; the loop must run before the object dies.
  void close();

 private:
  struct Entry {
    std::int64_t due;
    void* what;
    bool operator>(const Entry& other) const { return due > other.due; }
  };

  void arm(std::int64_t due);
  void ring_all_due();

  const std::function<void(void*)> ring_;
  const Fd timer_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> waiting_;
  std::int64_t armed_for_ = 0;  ///< 0: not armed
  uv_poll_t poll_;
};

}  // namespace bench
