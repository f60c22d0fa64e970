// http, head-of-line: requests to a server, one at a time or in a stream.
//
// http: --connections clients ask for --route; in a closed loop, each as soon
// as it has its answer, and in an open loop at a rate of its own, whatever the
// answers do. head-of-line: one request in a hundred computes for 50 ms. What
// happens to the others?
#include <string>
#include <vector>

#include "scenarios/requests.h"
#include "scenarios/waiting.h"

namespace bench {
namespace {

Parameter idle_parameter() {
  return whole_number("idle-connections",
                      "clients beside them that are connected and say nothing",
                      0, 20'000, "0");
}

const RegisterScenario http{of_one_route({
    .id = "http",
    .summary = "requests to a server: capacity, then latency below it",
    .parameters = {connections_parameter(), idle_parameter(),
                   keep_alive_parameter("yes"),
                   load_parameter("closed,least,median"), rate_parameter(),
                   arrival_parameter("poisson"), timeout_ms_parameter("10000"),
                   size_parameter()},
})};

double heavy_seconds(const Parameters& parameters) {
  return parameters.real("heavy-ms") * 1e-3;
}

double heavy_share(const Parameters& parameters) {
  return parameters.real("heavy-share") / 100;
}

const RegisterScenario head_of_line{of_requests({
    .id = "head-of-line",
    .summary = "a few requests compute for long: what do the others see?",
    .parameters = {time_in("ms", "heavy-ms", "what the heavy requests compute",
                           0.001, 10'000, "50"),
                   number_of("heavy-share", "heavy requests in a hundred",
                             0.001, 99, "1"),
                   connections_parameter(), open_rate_parameter("1100"),
                   arrival_parameter("poisson"), timeout_ms_parameter("10000"),
                   size_parameter()},
    .requests =
        [](const Parameters& parameters) {
          const double share = heavy_share(parameters);
          const double us = 1e6 * heavy_seconds(parameters);
          return std::vector<RequestKind>{{"/plaintext", 1 - share},
                                          {"/cpu?us=" + shortest(us), share}};
        },
    .demand =
        [](const Parameters& parameters) {
          return Demand{.compute = heavy_share(parameters) *
                                   heavy_seconds(parameters)};
        },
    .pace = 10,
})};

}  // namespace
}  // namespace bench
