// Requests: parameters, targets, traffic, the service.
#include "scenarios/requests.h"

#include <memory>
#include <string>
#include <utility>

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

std::unique_ptr<Service> service(const Parameters& parameters,
                                 std::uint64_t seed,
                                 const Surroundings& surroundings) {
  return make_routes(
      {seed, static_cast<std::uint64_t>(parameters.integer("size")),
       surroundings,
       parameters.has("event") && parameters.word("event") == "leak"});
}

Traffic traffic(const Parameters& parameters) {
  const auto count = [&](const char* name) {
    return parameters.has(name)
               ? static_cast<std::uint32_t>(parameters.integer(name))
               : 0;
  };
  Traffic one;
  one.connections = count("connections");
  one.idle_connections = count("idle-connections");
  one.keep_alive =
      !parameters.has("keep-alive") || parameters.word("keep-alive") == "yes";
  if (parameters.has("rate")) one.rate = parameters.real("rate");
  if (parameters.has("load") && parameters.word("load") != "closed") {
    const std::string& load = parameters.word("load");
    constexpr double kCommon = 70;  // queues show, and still end
    if (load == "least" || load == "median") {
      one.share = kCommon;
      one.of = load == "least" ? Traffic::Of::least : Traffic::Of::median;
    } else {
      one.share = parameters.real("load");
    }
  }
  one.poisson = parameters.word("arrival") == "poisson";
  one.timeout = parameters.real("timeout-ms") * 1e-3;
  return one;
}

std::vector<Parameter> route_parameters() {
  return {word_of("route", "what clients ask for",
                  {"/plaintext", "/json", "/cpu", "/io", "/mixed", "/bytes"},
                  "/plaintext"),
          time_in("us", "request-us", "what /cpu and /mixed compute", 1, 10e6,
                  "100"),
          time_in("ms", "request-ms", "how long /io and /mixed wait", 0.05,
                  600'000, "5"),
          whole_number("request-bytes", "what /bytes answers, in bytes", 0, 1e9,
                       "10000")};
}

}  // namespace

Parameter connections_parameter() {
  return whole_number("connections",
                      "clients, each of which waits for its answer; if nobody "
                      "says, 16 for each of the most cores of the run, and at "
                      "least the default",
                      1, 20'000, "64");
}

Parameter keep_alive_parameter(const char* otherwise) {
  return word_of("keep-alive",
                 "yes: a connection for many requests; no: one for each",
                 {"yes", "no"}, otherwise);
}

Parameter load_parameter(const char* loads) {
  return word_of("load",
                 "closed loop; or an open one, at 70 % of the least or of the "
                 "median capacity of all models, or at per cent of its own",
                 {"closed", "least", "median", "10", "20", "30", "40", "50",
                  "60", "70", "80", "90", "95", "100", "110", "120"},
                 loads)
      .as_pace();
}

Parameter rate_parameter() {
  return number_of("rate",
                   "requests per second of an open loop, instead of --load", 1,
                   10e6, "")
      .overriding("load")
      .as_pace();
}

Parameter open_rate_parameter(const char* fallback) {
  return number_of("rate", "requests per second of an open loop", 1, 10e6,
                   fallback)
      .as_pace();
}

Parameter arrival_parameter(const char* fallback) {
  return word_of("arrival", "open loop: requests come at random or evenly",
                 {"poisson", "constant"}, fallback);
}

Parameter timeout_ms_parameter(const char* fallback) {
  return time_in("ms", "timeout-ms", "how long a client waits for an answer", 1,
                 600'000, fallback);
}

ScenarioInfo of_requests(ScenarioInfo scenario) {
  scenario.service = service;
  scenario.traffic = traffic;
  scenario.computing = [](const Parameters&) { return computing(kSqrt); };
  // How much work fits into a millisecond, for /cpu?us=.
  scenario.calibrate = [demand = scenario.demand](Parameters& parameters,
                                                  const Surroundings&) {
    calibrate_size(parameters, kSqrt, 1e-3);
    return JobLength{demand(parameters).compute + kExchange};
  };
  return scenario;
}

ScenarioInfo of_one_route(ScenarioInfo scenario) {
  std::vector<Parameter> all = route_parameters();
  all.insert(all.end(), scenario.parameters.begin(), scenario.parameters.end());
  scenario.parameters = std::move(all);
  scenario.requests = [](const Parameters& parameters) {
    return std::vector<RequestKind>{{target_of(parameters), 1}};
  };
  scenario.demand = demand;
  scenario.needs = [](const Parameters& parameters) {
    return Needs{.backend = waits(parameters)};
  };
  return of_requests(std::move(scenario));
}

}  // namespace bench
