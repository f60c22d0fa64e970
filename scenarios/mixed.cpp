// mixed: from pure waiting to pure computing, at a constant length of life.
//
// A job lives for --life-ms: it waits for the first part of that and computes
// for the rest, --cpu-share per cent. The wait is one of scenario io.
#include <chrono>

#include "scenarios/waiting.h"

namespace bench {
namespace {

double life_seconds(const Parameters& parameters) {
  return parameters.real("life-ms") * 1e-3;
}

/// Seconds of waiting and of compute.
Demand demand(const Parameters& parameters) {
  keeps_alive(parameters);  // or refuses
  const double share =
      parameters.has("cpu-share") ? parameters.real("cpu-share") / 100 : 0;
  const double life = life_seconds(parameters);
  return {.wait = life * (1 - share),
          .compute = life * share,
          .patience = parameters.real("timeout-ms") * 1e-3};
}

bool asks_backend(const Parameters& parameters) {
  return demand(parameters).wait > 0 && parameters.word("wait") == "backend";
}

Waiting waiting_of(const Parameters& parameters) {
  Waiting what;
  const double wait = demand(parameters).wait;
  if (wait > 0) {  // otherwise the job asks nobody and only computes
    what.who =
        asks_backend(parameters) ? Waiting::For::backend : Waiting::For::timer;
  }
  what.wait = std::chrono::round<std::chrono::nanoseconds>(
      std::chrono::duration<double>(wait));
  what.spread = parameters.real("wait-spread");
  what.patience = std::chrono::round<std::chrono::nanoseconds>(
      std::chrono::duration<double, std::milli>(parameters.real("timeout-ms")));
  what.keep_alive = keeps_alive(parameters);
  what.bytes = static_cast<std::uint32_t>(parameters.integer("payload"));
  if (parameters.has("size")) {
    what.size = static_cast<std::uint64_t>(parameters.integer("size"));
  }
  return what;
}

const RegisterScenario registered{{
    .id = "mixed",
    .summary = "jobs that wait, then compute: the same life, other shares",
    .parameters =
        {number_of("cpu-share", "per cent of a job's life that is compute", 0,
                   100, "0,5,10,25,50,75,100"),
         time_in("ms", "life-ms", "wait and compute together", 0.1, 60'000,
                 "10"),
         word_of("wait", "what a job waits for", {"backend", "timer"},
                 "backend"),
         // Waits that are all alike keep all jobs in step; see docs/method.md.
         spread_parameter("0.5"), payload_parameter(),
         backend_keep_alive_parameter(), size_parameter(), timeout_parameter()},
    .calibrate =
        [](Parameters& parameters, const Surroundings&) {
          constexpr double kExchange = 5e-6;
          return JobLength{
              calibrate_size(parameters, kSqrt, demand(parameters).compute) +
              kExchange};
        },
    .make =
        [](const Parameters& parameters, std::uint64_t seed,
           const Surroundings& surroundings) {
          return make_waiting(waiting_of(parameters), seed, surroundings);
        },
    .demand = demand,
    .needs =
        [](const Parameters& parameters) {
          return Needs{.backend = asks_backend(parameters)};
        },
    .computing =
        [](const Parameters& parameters) {
          return demand(parameters).compute > 0 ? computing(kSqrt)
                                                : Computing{};
        },
    .in_flight = "8",
    .pace = 0.5,
}};

}  // namespace
}  // namespace bench
