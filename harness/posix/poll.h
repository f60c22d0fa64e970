// Poll: waiting for several descriptors, whatever the limit of open files is.
#pragma once

#include <poll.h>

#include <cerrno>
#include <chrono>
#include <span>

#include "harness/posix/check.h"
#include "harness/posix/clock.h"

namespace bench {

/// Waits for one of `events` of `fd`; 1, 0 when `patience` is over, or -1.
/// Signals only make it longer.
inline int poll_for(int fd, short events, std::chrono::nanoseconds patience) {
  pollfd look{fd, events, 0};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(patience);
  const timespec limit{seconds.count(), (patience - seconds).count()};
  return retry([&] { return ppoll(&look, 1, &limit, nullptr); });
}

inline bool is_readable(int fd) { return poll_for(fd, POLLIN, {}) > 0; }

/// poll(2), which also works where there are more events than this process may
/// open files: then Linux calls their number invalid, and they are looked at
/// one by one. [poll(2), EINVAL]
inline int poll_any(std::span<pollfd> events, int milliseconds) {
  const int found = ::poll(events.data(), events.size(), milliseconds);
  if (found >= 0 || errno != EINVAL) return found;
  int ready = 0;
  for (pollfd& one : events) ready += ::poll(&one, 1, 0) > 0 ? 1 : 0;
  if (ready == 0) sleep_for(std::chrono::milliseconds(1));
  return ready;
}

}  // namespace bench
