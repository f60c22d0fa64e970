// http, head-of-line, balance, faults: requests to a server, one at a time or
// in a stream.
//
// http: --connections clients ask for --route; in a closed loop, each as soon
// as it has its answer, and in an open loop at a rate of its own, whatever the
// answers do. head-of-line: one request in a hundred computes for 50 ms. What
// happens to the others? balance: who of several workers gets how much? faults:
// a part of the server dies. What is lost?
#include <signal.h>

#include <cmath>
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
  return whole_number("connections",
                      "clients, each of which waits for its answer; if nobody "
                      "says, 16 for each of the most cores of the run, and at "
                      "least the default",
                      1, 20'000, "64");
}

Parameter idle_parameter() {
  return whole_number("idle-connections",
                      "clients beside them that are connected and say nothing",
                      0, 20'000, "0");
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

/// Of a scenario that has --load.
Parameter rate_parameter() {
  return number_of("rate",
                   "requests per second of an open loop, instead of --load", 1,
                   10e6, "")
      .overriding("load")
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

/// What one kind of request is about, and then `more`.
std::vector<Parameter> asking(const std::vector<Parameter>& more) {
  std::vector<Parameter> all = {
      word_of("route", "what clients ask for",
              {"/plaintext", "/json", "/cpu", "/io", "/mixed", "/bytes"},
              "/plaintext"),
      time_in("us", "request-us", "what /cpu and /mixed compute", 1, 10e6,
              "100"),
      time_in("ms", "request-ms", "how long /io and /mixed wait", 0.05, 600'000,
              "5"),
      whole_number("request-bytes", "what /bytes answers, in bytes", 0, 1e9,
                   "10000")};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

JobLength calibrate_requests(Parameters& parameters, const Surroundings&) {
  return calibrate(parameters, demand(parameters).compute);
}

std::vector<RequestKind> requests(const Parameters& parameters) {
  return {{target_of(parameters), 1}};
}

Needs needs(const Parameters& parameters) {
  return {.backend = waits(parameters)};
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

const RegisterScenario http{{
    .id = "http",
    .summary = "requests to a server: capacity, then latency below it",
    .parameters = asking({connections_parameter(), idle_parameter(),
                          keep_alive_parameter("yes"),
                          load_parameter("closed,least,median"),
                          rate_parameter(), arrival_parameter("poisson"),
                          timeout_ms_parameter("10000"), size_parameter()}),
    .calibrate = calibrate_requests,
    .service = service,
    .requests = requests,
    .traffic = traffic,
    .demand = demand,
    .needs = needs,
    .computing = [](const Parameters&) { return computing(kSqrt); },
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
    .parameters = {time_in("ms", "heavy-ms", "what the heavy requests compute",
                           0.001, 10'000, "50"),
                   number_of("heavy-share", "heavy requests in a hundred",
                             0.001, 99, "1"),
                   connections_parameter(),
                   number_of("rate", "requests per second of an open loop", 1,
                             10e6, "1100")
                       .as_pace(),
                   arrival_parameter("poisson"), timeout_ms_parameter("10000"),
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
    .traffic = traffic,
    .demand =
        [](const Parameters& parameters) {
          return Demand{.compute = heavy_share(parameters) *
                                   heavy_seconds(parameters)};
        },
    .computing = [](const Parameters&) { return computing(kSqrt); },
    .pace = 10,
}};

/// LESSON: none of these asks the model for its help. A signal is between the
/// kernel and the process, and a request that computes too long is one that
/// any client may send.
Fault fault(const Parameters& parameters) {
  const std::string& event = parameters.word("event");
  Fault one;
  one.supervised = parameters.word("supervised") == "yes";
  one.health = parameters.real("health-ms") * 1e-3;
  if (event == "kill") one.signal = SIGKILL;
  if (event == "segv") one.signal = SIGSEGV;
  if (event == "stop") one.signal = SIGSTOP;
  if (event == "spin") one.target = "/cpu?us=10000000";
  if (event == "reload") {
    one.signal = SIGHUP;
    one.to_root = true;
  }
  return one;
}

const RegisterScenario faults{{
    .id = "faults",
    .summary = "a process of the server dies or hangs: what do clients lose?",
    .parameters = asking(
        {word_of("event",
                 "what happens to a process that serves: it is killed, makes "
                 "an error, stops, or gets a request that computes for 10 s; "
                 "or all are replaced",
                 {"kill", "segv", "stop", "spin", "reload"}, "kill"),
         word_of("supervised",
                 "yes: a server that dies is started again; no: only workers "
                 "are, by models that do so themselves",
                 {"yes", "no"}, "yes,no"),
         time_in("ms", "health-ms",
                 "how long a loop may show no life before its process is "
                 "replaced",
                 1, 600'000, "1000"),
         connections_parameter(), keep_alive_parameter("yes"),
         number_of("rate", "requests per second of an open loop", 1, 10e6,
                   "1000")
             .as_pace(),
         arrival_parameter("constant"), timeout_ms_parameter("1000"),
         size_parameter()}),
    .calibrate = calibrate_requests,
    .service = service,
    .requests = requests,
    .traffic = traffic,
    .fault = fault,
    .least_workers = 4,
    .demand = demand,
    .needs = needs,
    .computing = [](const Parameters&) { return computing(kSqrt); },
    .pace = 16,
}};

/// What requests of `balance` compute, in the mean; seconds.
double mean_seconds(const Parameters& parameters) {
  return parameters.word("handler") == "tiny"
             ? 0
             : parameters.real("mean-us") * 1e-6;
}

/// LESSON: the same mean, and nearly all of the requests are shorter: lengths
/// rise by factors of four, and each is rarer than the last by 4^1.25, as in a
/// Pareto law that is cut off at a thousand times the shortest. Four in five
/// are of the shortest kind, which is a third of the work; one in 7,000 is of
/// the longest, and these are a seventeenth. [Crovella, Bestavros:
/// Self-similarity in World Wide Web traffic, 1997]
std::vector<RequestKind> heavy_tailed(double mean_us) {
  constexpr int kLengths = 6;
  constexpr double kTimes = 4;
  constexpr double kTail = 1.25;
  double all = 0;
  double work = 0;
  for (int i = 0; i < kLengths; ++i) {
    all += std::pow(kTimes, -kTail * i);
    work += std::pow(kTimes, (1 - kTail) * i);
  }
  std::vector<RequestKind> kinds;
  for (int i = 0; i < kLengths; ++i) {
    const double us = mean_us * all / work * std::pow(kTimes, i);
    kinds.push_back({"/cpu?us=" + shortest(std::round(us)),
                     std::pow(kTimes, -kTail * i) / all});
  }
  return kinds;
}

const RegisterScenario balance{{
    .id = "balance",
    .summary = "several workers, one port: who gets how much, and who waits?",
    .parameters =
        {word_of("handler",
                 "what requests compute: nothing; all the same; mostly less, "
                 "and a few a thousand times as much",
                 {"tiny", "even", "heavy-tailed"}, "heavy-tailed"),
         time_in("us", "mean-us", "that, in the mean", 10, 10e3, "50"),
         connections_parameter(), keep_alive_parameter("no"),
         load_parameter("closed,least"), rate_parameter(),
         arrival_parameter("poisson"), timeout_ms_parameter("10000"),
         size_parameter()},
    .calibrate =
        [](Parameters& parameters, const Surroundings&) {
          return calibrate(parameters, mean_seconds(parameters));
        },
    .service = service,
    .requests =
        [](const Parameters& parameters) {
          const std::string& handler = parameters.word("handler");
          if (handler == "heavy-tailed") {
            return heavy_tailed(parameters.real("mean-us"));
          }
          const std::string target = "/cpu?us=" + parameters.word("mean-us");
          return std::vector<RequestKind>{
              {handler == "tiny" ? "/plaintext" : target, 1}};
        },
    .traffic = traffic,
    .demand =
        [](const Parameters& parameters) {
          return Demand{.compute = mean_seconds(parameters)};
        },
    .computing = [](const Parameters&) { return computing(kSqrt); },
}};

}  // namespace
}  // namespace bench
