// Cpus: which CPUs the system under test may use, and in which order.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bench {

/// What this process may use. Read once and handed to every model.
struct Cpus {
  /// Ids in the affinity mask; the first sibling of every physical core comes
  /// before the second ones.
  std::vector<int> ids;
  /// CPUs' worth of time that the cgroup allows; empty without a limit.
  std::optional<double> quota;
  /// True if some of `ids` share a physical core; empty if nobody can tell.
  std::optional<bool> smt;

  /// min(affinity, quota), at least 1: the most that --cores may ask for.
  int effective_cores() const;

  /// [sched_getaffinity(2); sysfs cpu/topology; harness/system/cgroup.h]
  static Cpus read();
};

/// Binds the calling thread, and what it starts from now on, to `ids`.
void bind_to(const std::vector<int>& ids);

}  // namespace bench
