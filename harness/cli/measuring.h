// Measuring: a plan is measured into a folder, for whichever verb.
#pragma once

#include <string>
#include <vector>

#include "harness/sweep/plan.h"
#include "harness/system/cpus.h"

namespace bench {

/// Makes the folder of a run, `asked` or reports/out/<UTC>-<host><suffix>;
/// without a suffix `latest` is a link to the latter. Throws UsageError where
/// there is a run already, or nothing can be made.
std::string make_directory(const std::string& asked,
                           const std::string& suffix = "");

/// Measures the plan into `directory`; returns the exit code so far. `command`
/// is what the user typed. Signals are held back only in here: the report that
/// follows can be interrupted.
int measure(const Plan& plan, const Request& request, const Cpus& cpus,
            const std::vector<std::string>& command,
            const std::string& directory, bool quiet);

}  // namespace bench
