// Choices: lists that the user gives, expanded.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/core/parameters.h"

namespace bench {

/// Whole numbers from "1,2,4" or "1..8", each once, in rising order. Throws
/// std::invalid_argument naming `flag`.
std::vector<int> numbers(const std::string& flag, const std::string& text,
                         int low, int high);

/// Values of parameters by name, as lists: {"job-us", {"100", "1000"}}.
using Values = std::map<std::string, std::vector<std::string>>;

/// All combinations of the values asked for `known`, defaults elsewhere.
/// Takes the names it used out of `unused`. Throws std::invalid_argument.
std::vector<Parameters> combinations(const std::vector<Parameter>& known,
                                     const Values& asked,
                                     std::set<std::string>& unused);

}  // namespace bench
