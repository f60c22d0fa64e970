// Requests: what scenarios of requests to a server have in common.
#pragma once

#include <vector>

#include "harness/core/scenario.h"

namespace bench {

Parameter connections_parameter();
Parameter keep_alive_parameter(const char* otherwise);
Parameter load_parameter(const char* loads);
/// Of a scenario that has --load.
Parameter rate_parameter();
/// Of one that has none.
Parameter open_rate_parameter(const char* fallback);
Parameter arrival_parameter(const char* fallback);
Parameter timeout_ms_parameter(const char* fallback);

/// Adds what does not depend on what is asked for. REQUIRES: its demand.
ScenarioInfo of_requests(ScenarioInfo scenario);
/// The same where --route says what is asked for; the parameters of that come
/// first.
ScenarioInfo of_one_route(ScenarioInfo scenario);

}  // namespace bench
