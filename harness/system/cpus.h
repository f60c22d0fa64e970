// Cpus: which CPUs the run may use, and in which order.
//
// A value without a machine: topology.h reads one, tests write theirs.
#pragma once

#include <optional>
#include <vector>

namespace bench {

/// A CPU as the kernel counts them: a physical core, or a hardware thread of
/// one. Numbers of cores, caches and nodes only say who has the same.
struct Cpu {
  int id = 0;
  int core = 0;   ///< physical
  int cache = 0;  ///< the third-level one
  int node = 0;   ///< of memory (NUMA)
  int kind = 0;   ///< of core: 0 is the fastest kind that may be used
};

/// What this process may use. Read once and handed to every model.
struct Cpus {
  /// In the order of use: physical cores, the first CPU of each, and only then
  /// their siblings. Among those the faster kind first, then cores of one NUMA
  /// node together, then those of one cache: a cell is the first so many CPUs,
  /// so the largest node and cache come first.
  std::vector<Cpu> all;
  /// CPUs' worth of time that the cgroup allows; empty without a limit.
  std::optional<double> quota;
  /// True if some of `all` share a physical core; empty if nobody can tell.
  std::optional<bool> smt;

  /// Puts `found` in the order of use and its kinds in one without gaps.
  /// `known`: the cores in it are what the machine has, and no guess.
  static Cpus of(std::vector<Cpu> found, std::optional<double> quota = {},
                 bool known = true);

  /// In the order of use.
  std::vector<int> ids() const;
  /// min(CPUs, quota), at least 1: the most that --cores may ask for.
  int effective_cores() const;
  /// The same of physical cores.
  int physical_cores() const;
  /// Physical cores of each kind, the fastest first; never empty.
  std::vector<int> cores_by_kind() const;
};

/// The CPUs that the calling thread may run on, rising.
/// [sched_getaffinity(2)]
std::vector<int> allowed_cpus();

/// Binds the calling thread, and what it starts from now on, to `ids`.
/// Throws std::system_error.
void bind_to(const std::vector<int>& ids);

}  // namespace bench
