// Environment: the machine and the build, as the results' context.
#pragma once

#include <string>
#include <vector>

#include "harness/sweep/cell.h"
#include "harness/sweep/plan.h"
#include "harness/system/cpus.h"

namespace bench {

/// The context of results.json: what Google Benchmark records of a machine,
/// and what a reader must know to believe the figures or to repeat them. Of
/// "calibration", "probes" and the run's own "noise" nothing is known yet.
Json environment(const Request& request, const Plan& plan, const Cpus& cpus,
                 const std::vector<std::string>& command);

/// "20261123T150308Z", the UTC time of now, for the names of runs.
std::string utc_stamp();

/// The name of this machine.
std::string host_name();

}  // namespace bench
