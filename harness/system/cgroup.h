// Cgroup: the limits that a container or a service manager sets.
#pragma once

#include <optional>

namespace bench {

/// CPUs' worth of time that this process's control group and all above it
/// allow; empty without a limit. [cgroup v2 cpu.max; v1 cpu.cfs_quota_us]
std::optional<double> cgroup_cpu_quota();

/// Seconds that this process's control group has been held back by a quota,
/// since it was made; 0 without one, empty if no group can be looked into.
/// [cpu.stat: throttled_usec, or throttled_time in v1]
std::optional<double> cgroup_throttled_seconds();

}  // namespace bench
