// RunFlags: what ./bench run can be asked, and what that means.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/settings.h"
#include "harness/sweep/plan.h"

namespace bench {

/// All flags, those of registered scenarios and models among them.
std::vector<Flag> run_flags();

/// What the settings ask for, checked. Also fills in what the preset says, so
/// that --print-config can show it. Throws std::invalid_argument.
Request request_from(Settings& settings);

}  // namespace bench
