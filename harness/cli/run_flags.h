// RunFlags: what ./bench run can be asked, and what that means.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/settings.h"
#include "harness/sweep/plan.h"

namespace bench {

/// All flags, those of registered scenarios and models among them.
std::vector<Flag> run_flags();

/// The value of a flag that takes one of `words`; throws
/// std::invalid_argument if it is another.
std::string checked_word(const Settings& settings, const std::string& name,
                         const std::vector<std::string>& words);

/// What the settings ask for, checked. Also fills in what the preset says, so
/// that --print-config can show it. Throws std::invalid_argument.
Request request_from(Settings& settings);

}  // namespace bench
