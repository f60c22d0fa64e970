// LoadTable: a load generator's report for people.
#pragma once

#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/load/order.h"

namespace bench {

/// Rate, latencies, the account of all requests, and what generator and server
/// have used; ends with the warnings.
std::string load_table(const LoadOrder& order, const Json& report);

/// What a reader must know before the figures are believed; a sentence each.
/// Requests that timed out or found nobody, in one sentence; or that there were
/// none: a measurement that must not pass for a good one. "" if all is well.
std::string load_trouble(const LoadOrder& order, const Json& report);

std::vector<std::string> load_warnings(const LoadOrder& order,
                                       const Json& report);

}  // namespace bench
