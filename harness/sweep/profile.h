// Profile: what ./bench calibrate has found out about a machine.
//
// reports/show/noise.py writes it, runs read it.
#pragma once

#include <string>
#include <vector>

#include "harness/core/json.h"

namespace bench {

/// reports/out/machine-<host>.json: hosts may share the folder.
std::string default_profile();

/// Puts what the file `path` says into a run's `context`, which knows machine
/// and scenarios: "costs", "noise", and as "noise_floor" the largest d of jobs
/// per second in the scenarios of the run, up to 10 %. A file of another
/// machine (CPU, number of CPUs, kernel), or one that cannot be read, is told
/// in "warnings". No file: no word.
void add_profile(const std::string& path,
                 const std::vector<std::string>& scenarios, Json& context);

}  // namespace bench
