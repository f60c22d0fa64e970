// Topology: what hwloc knows of the machine, as a Cpus.
#pragma once

#include <vector>

#include "harness/system/cpus.h"

struct hwloc_topology;

namespace bench {

/// The CPUs `allowed` of a topology that was loaded. Those that it does not
/// know count as cores of their own. [hwloc: Object Types, Kinds of CPU cores]
Cpus cpus_of(hwloc_topology* topology, const std::vector<int>& allowed);

/// Those of this machine that this process may use, and its quota. Throws
/// std::runtime_error if hwloc cannot look.
/// [hwloc; sched_getaffinity(2); harness/system/cgroup.h]
Cpus read_cpus();

}  // namespace bench
