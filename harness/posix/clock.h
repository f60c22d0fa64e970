// The one clock of the suite: CLOCK_MONOTONIC, in nanoseconds.
#pragma once

#include <sys/types.h>
#include <time.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace bench {

/// Nanoseconds since an arbitrary start; equal for all processes of a machine.
inline std::int64_t now_ns() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

/// Nanoseconds of CPU time that the calling thread has used.
inline std::int64_t thread_cpu_ns() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

/// Nanoseconds of CPU time that a process has used with all its threads, a
/// zombie too; 0 if there is none. [clock_getcpuclockid(3)]
inline std::int64_t process_cpu_ns(pid_t process) {
  clockid_t clock = 0;
  timespec time{};
  if (clock_getcpuclockid(process, &clock) != 0) return 0;
  if (clock_gettime(clock, &time) != 0) return 0;
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

/// Stops the calling thread; interruptions by signals do not shorten it.
/// [clock_nanosleep(2)]
inline void sleep_for(std::chrono::nanoseconds span) {
  const std::int64_t end = now_ns() + span.count();
  const timespec until{end / 1'000'000'000, end % 1'000'000'000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) ==
         EINTR) {
  }
}

/// Seconds in nanoseconds, to the nearest.
inline std::int64_t to_ns(double seconds) {
  return std::llround(seconds * 1e9);
}

/// Seconds between two stamps of now_ns().
inline double seconds_between(std::int64_t from, std::int64_t to) {
  return static_cast<double>(to - from) * 1e-9;
}

}  // namespace bench
