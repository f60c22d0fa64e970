// http, head-of-line: requests to a server, one at a time or in a stream.
//
// http: --connections clients ask for --route; in a closed loop, each as soon
// as it has its answer, and in an open loop at a rate of its own, whatever the
// answers do. head-of-line: one request in a hundred computes for 50 ms. What
// happens to the others?
#include <memory>
#include <string>
#include <vector>

#include "scenarios/routes.h"
#include "scenarios/waiting.h"

namespace bench {
namespace {

/// Rough costs of a request without work, for predictions: system calls and
/// the protocol.
constexpr double kExchange = 10e-6;

std::string target_of(const Parameters& parameters) {
  const std::string& route = parameters.word("route");
  const std::string& us = parameters.word("request-us");
  const std::string& ms = parameters.word("request-ms");
  if (route == "/cpu") return route + "?us=" + us;
  if (route == "/io") return route + "?ms=" + ms;
  if (route == "/mixed") return route + "?ms=" + ms + "&us=" + us;
  if (route == "/bytes")
    return route + "?n=" + parameters.word("request-bytes");
  return route;
}

bool waits(const Parameters& parameters) {
  const std::string& route = parameters.word("route");
  return route == "/io" || route == "/mixed";
}

Demand demand(const Parameters& parameters) {
  const std::string& route = parameters.word("route");
  Demand one;
  if (waits(parameters)) one.wait = parameters.real("request-ms") * 1e-3;
  if (route == "/cpu" || route == "/mixed") {
    one.compute = parameters.real("request-us") * 1e-6;
  }
  return one;
}

/// Finds how much work fits into a millisecond, for /cpu?us=.
JobLength calibrate(Parameters& parameters, double compute) {
  calibrate_size(parameters, kSqrt, 1e-3);
  return {compute + kExchange};
}

std::unique_ptr<Service> service(const Parameters& parameters,
                                 std::uint64_t seed,
                                 const Surroundings& surroundings) {
  return make_routes({seed,
                      static_cast<std::uint64_t>(parameters.integer("size")),
                      surroundings});
}

Parameter connections_parameter() {
  return {.name = "connections",
          .help = "clients, each of which waits for its answer",
          .kind = Parameter::Kind::integer,
          .low = 1,
          .high = 20'000,
          .fallback = "64"};
}

Parameter idle_parameter() {
  return {.name = "idle-connections",
          .help = "clients beside them that are connected and say nothing",
          .kind = Parameter::Kind::integer,
          .low = 0,
          .high = 20'000,
          .fallback = "0"};
}

Parameter keep_alive_parameter() {
  return {.name = "keep-alive",
          .help = "yes: a connection for many requests; no: one for each",
          .kind = Parameter::Kind::word,
          .words = {"yes", "no"},
          .fallback = "yes"};
}

Parameter arrival_parameter() {
  return {.name = "arrival",
          .help = "open loop: requests come at random or evenly",
          .kind = Parameter::Kind::word,
          .words = {"poisson", "constant"},
          .fallback = "poisson"};
}

Parameter timeout_ms_parameter() {
  return {.name = "timeout-ms",
          .help = "how long a client waits for an answer",
          .kind = Parameter::Kind::real,
          .low = 1,
          .high = 600'000,
          .unit = "ms",
          .fallback = "10000"};
}

const RegisterScenario http{{
    .id = "http",
    .summary = "requests to a server: capacity, then latency below it",
    .parameters =
        {{.name = "route",
          .help = "what clients ask for",
          .kind = Parameter::Kind::word,
          .words = {"/plaintext", "/json", "/cpu", "/io", "/mixed", "/bytes"},
          .fallback = "/plaintext"},
         {.name = "request-us",
          .help = "what /cpu and /mixed compute",
          .kind = Parameter::Kind::real,
          .low = 1,
          .high = 10e6,
          .unit = "us",
          .fallback = "100"},
         {.name = "request-ms",
          .help = "how long /io and /mixed wait",
          .kind = Parameter::Kind::real,
          .low = 0.05,
          .high = 600'000,
          .unit = "ms",
          .fallback = "5"},
         {.name = "request-bytes",
          .help = "what /bytes answers, in bytes",
          .kind = Parameter::Kind::integer,
          .low = 0,
          .high = 1e9,
          .fallback = "10000"},
         connections_parameter(),
         idle_parameter(),
         keep_alive_parameter(),
         {.name = "load",
          .help = "closed loop, or an open one at per cent of its capacity",
          .kind = Parameter::Kind::word,
          .words = {"closed", "10", "20", "30", "40", "50", "60", "70", "80",
                    "90", "95", "100", "110", "120"},
          .fallback = "closed,50,70,90"},
         {.name = "rate",
          .help = "requests per second of an open loop, instead of --load",
          .kind = Parameter::Kind::real,
          .low = 1,
          .high = 10e6,
          .fallback = "",
          .instead_of = "load"},
         arrival_parameter(),
         timeout_ms_parameter(),
         size_parameter()},
    .calibrate =
        [](Parameters& parameters, const Surroundings&) {
          return calibrate(parameters, demand(parameters).compute);
        },
    .service = service,
    .requests =
        [](const Parameters& parameters) {
          return std::vector<RequestKind>{{target_of(parameters), 1}};
        },
    .demand = demand,
    .needs =
        [](const Parameters& parameters) {
          return Needs{.backend = waits(parameters)};
        },
}};

double heavy_seconds(const Parameters& parameters) {
  return parameters.real("heavy-ms") * 1e-3;
}

double heavy_share(const Parameters& parameters) {
  return parameters.real("heavy-share") / 100;
}

const RegisterScenario head_of_line{{
    .id = "head-of-line",
    .summary = "a few requests compute for long: what do the others see?",
    .parameters = {{.name = "heavy-ms",
                    .help = "what the heavy requests compute",
                    .kind = Parameter::Kind::real,
                    .low = 0.001,
                    .high = 10'000,
                    .unit = "ms",
                    .fallback = "50"},
                   {.name = "heavy-share",
                    .help = "heavy requests in a hundred",
                    .kind = Parameter::Kind::real,
                    .low = 0.001,
                    .high = 99,
                    .fallback = "1"},
                   connections_parameter(),
                   {.name = "rate",
                    .help = "requests per second of an open loop",
                    .kind = Parameter::Kind::real,
                    .low = 1,
                    .high = 10e6,
                    .fallback = "1100"},
                   arrival_parameter(),
                   timeout_ms_parameter(),
                   size_parameter()},
    .calibrate =
        [](Parameters& parameters, const Surroundings&) {
          return calibrate(parameters,
                           heavy_share(parameters) * heavy_seconds(parameters));
        },
    .service = service,
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
}};

}  // namespace
}  // namespace bench
