// Placement: how many cores cells get, and which CPUs they run on.
//
// Decides by a Cpus alone: whoever writes one down can see what a machine that
// is not here would do.
#pragma once

#include <string>
#include <vector>

#include "harness/system/cpus.h"

namespace bench {

/// Where a cell runs, and its backend and load generator, if it has them.
struct Placement {
  std::vector<int> cell;    ///< ids: the first CPUs in the order of use
  std::vector<int> others;  ///< never empty
  /// Everything on the physical cores of the two.
  std::vector<int> cores_of_cell;
  std::vector<int> cores_of_all;
  /// The others have no physical core of their own: they are on siblings of
  /// the cell's CPUs, or ...
  bool shares_cores = false;
  bool shares_cpus = false;  ///< ... on these themselves
  bool mixes_kinds = false;  ///< the cell has cores that differ in speed
};

/// The others get whole cores that the cell does not use, if there are any,
/// from the smallest neighbourhood that has as many as the cell: cores of the
/// same kind and cache, the same cache, the same NUMA node, the machine.
/// REQUIRES: 0 < cores <= cpus.all.size().
Placement place(const Cpus& cpus, int cores);

/// --cores=auto: powers of two up to all physical cores, and then all CPUs, if
/// there are siblings. With others beside the cell, half of four or more
/// physical cores are left to them.
std::vector<int> auto_cores(const Cpus& cpus, bool with_others);

/// Of these the first and the last one that are physical: for an overview.
std::vector<int> end_cores(const Cpus& cpus, bool with_others);

/// What auto_cores() has left to others: a sentence; "" if that is nothing.
std::string describe_kept_cores(const Cpus& cpus);

/// "performance", "efficiency": what the kinds of core are called, the fastest
/// first, of so many.
std::vector<std::string> names_of_kinds(std::size_t count);

}  // namespace bench
