// Weather: what neighbours and the machine did to a repetition.
#pragma once

#include <optional>
#include <vector>

namespace bench {

/// Seconds that `cpus` have spent since boot; a difference of two readings
/// tells what became of the time between. [proc(5): /proc/stat; its grain is
/// a tick, 10 ms as a rule]
struct CpuTime {
  double busy = 0;    ///< running anybody's code, kernel included
  double stolen = 0;  ///< wanted to run, but the hypervisor served others

  /// Empty if it cannot be read of each of them.
  static std::optional<CpuTime> of(const std::vector<int>& cpus);
};

/// Looks at `cpus` for `seconds`, asleep: true if they had next to nothing to
/// do, and if it cannot be told.
/// REQUIRES: some ticks of /proc/stat, 0.05 s or more.
bool are_calm(const std::vector<int>& cpus, double seconds);

/// Runnable tasks, averaged over a minute; empty if it cannot be read.
/// [proc(5): /proc/loadavg]
std::optional<double> load_average();

}  // namespace bench
