// Usage and MemoryUse: what processes have consumed, read from the kernel.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>

namespace bench {

/// Consumption of CPU and of the scheduler; seconds and counts. The sum and
/// the difference of two readings are readings. [getrusage(2)]
struct Usage {
  double user_seconds = 0;
  double system_seconds = 0;
  std::int64_t voluntary_switches = 0;
  std::int64_t involuntary_switches = 0;
  std::int64_t minor_faults = 0;
  std::int64_t major_faults = 0;

  double cpu_seconds() const { return user_seconds + system_seconds; }

  Usage& operator+=(const Usage& other);
  Usage& operator-=(const Usage& other);

  /// This process with all its threads, and all children it has reaped (with
  /// theirs).
  static Usage of_this_process_and_reaped_children();
  static Usage from(const rusage& raw);
};

/// Memory of a set of processes; bytes. Empty where it could not be read of
/// one of them: the sum of the others would look like a measurement.
struct MemoryUse {
  std::optional<std::int64_t> peak_rss_bytes;  ///< sum of each one's VmHWM
  std::optional<std::int64_t> pss_bytes;  ///< shared pages counted by share
  /// What the kernel keeps for them, which is in none of the two: tables of
  /// pages, and a stack for each thread.
  std::optional<std::int64_t> page_table_bytes;
  std::optional<std::int64_t> kernel_stack_bytes;

  /// Processes that are gone count nothing. [proc(5): smaps_rollup, status;
  /// the size of a kernel's stack: those of all threads, meminfo and loadavg]
  static MemoryUse of(std::span<const pid_t> processes);
};

}  // namespace bench
