// Controls: cells that compete with nobody and show what the others are worth.
#pragma once

#include <vector>

#include "harness/sweep/plan.h"

namespace bench {

/// Adds to the cells of `workload`, which are in the plan, on core counts
/// `cores`, in rising order:
/// - one of its models a second time, to see what two equal things look like;
/// - where its jobs do nothing but compute, an independent process on each core
///   of several, to see what so many can reach.
/// Where the request is for twins, only models where a control would be are
/// left, each one twice. With fewer rounds than an interval needs, nothing is
/// added.
void add_controls(const Workload& workload, const Request& request,
                  const std::vector<int>& cores, Plan& plan);

}  // namespace bench
