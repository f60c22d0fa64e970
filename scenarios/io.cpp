// io: jobs that wait for a backend, a clock or a file.
//
// --wait=backend is the real thing: ask, wait, read the answer, on a connection
// that a job before has left (or on one of its own, --keep-alive=no). With
// --wait=timer there is no peer, only the waiting; with --wait=file a block of
// a file is read. --compute-us adds some work after the wait.
#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "scenarios/waiting.h"

namespace bench {
namespace {

std::chrono::nanoseconds milliseconds(const Parameters& parameters,
                                      const std::string& name) {
  return std::chrono::round<std::chrono::nanoseconds>(
      std::chrono::duration<double, std::milli>(parameters.real(name)));
}

Waiting waiting_of(const Parameters& parameters) {
  Waiting what;
  const std::string& wait = parameters.word("wait");
  what.who = wait == "backend" ? Waiting::For::backend
             : wait == "timer" ? Waiting::For::timer
                               : Waiting::For::file;
  what.wait = milliseconds(parameters, "wait-ms");
  what.spread = parameters.real("wait-spread");
  what.patience = milliseconds(parameters, "timeout-ms");
  what.bytes = static_cast<std::uint32_t>(parameters.integer("payload"));
  if (wait == "file") {
    what.bytes = (what.bytes + kBlockGrain - 1) / kBlockGrain * kBlockGrain;
  }
  what.keep_alive = keeps_alive(parameters);
  what.cold = parameters.word("cold") == "yes";
  if (parameters.has("size")) {
    what.size = static_cast<std::uint64_t>(parameters.integer("size"));
  }
  return what;
}

double compute_seconds(const Parameters& parameters) {
  return parameters.has("compute-us") ? parameters.real("compute-us") * 1e-6
                                      : 0;
}

Demand demand(const Parameters& parameters) {
  const bool file = parameters.word("wait") == "file";
  keeps_alive(parameters);  // or refuses
  if (!file && parameters.word("cold") == "yes") {
    throw std::invalid_argument("--cold goes with --wait=file, got --wait=" +
                                parameters.word("wait"));
  }
  const double compute = compute_seconds(parameters);
  // How long a read waits, nobody knows beforehand: blocking models get as
  // many workers as libuv's pool has for the loops.
  const double patience = parameters.real("timeout-ms") * 1e-3;
  if (file) return {.compute = compute, .readers = 4, .patience = patience};
  return {.wait = parameters.real("wait-ms") * 1e-3,
          .compute = compute,
          .patience = patience};
}

JobLength calibrate(Parameters& parameters, const Surroundings& surroundings) {
  // What an exchange costs depends on the model; this is a lower bound.
  constexpr double kExchange = 5e-6;
  const double compute =
      calibrate_size(parameters, kSqrt, compute_seconds(parameters));
  const Waiting what = waiting_of(parameters);
  if (what.who != Waiting::For::file) return {compute + kExchange};
  return {fill_file(what, surroundings)};
}

const RegisterScenario registered{{
    .id = "io",
    .summary = "jobs that wait: for a backend, a clock or a file",
    .parameters = {word_of("wait", "what a job waits for",
                           {"backend", "timer", "file"}, "backend"),
                   time_in("ms", "wait-ms",
                           "how long the backend or the timer takes", 0.05,
                           600'000, "5"),
                   spread_parameter("0"), payload_parameter(),
                   backend_keep_alive_parameter(),
                   time_in("us", "compute-us",
                           "what a job computes after the wait", 0, 10e6, "0"),
                   size_parameter(),
                   word_of("cold",
                           "read the file past the page cache (O_DIRECT)",
                           {"no", "yes"}, "no")
                       .as_switch(),
                   timeout_parameter()},
    .calibrate = calibrate,
    .make =
        [](const Parameters& parameters, std::uint64_t seed,
           const Surroundings& surroundings) {
          return make_waiting(waiting_of(parameters), seed, surroundings);
        },
    .demand = demand,
    .needs =
        [](const Parameters& parameters) {
          const std::string& wait = parameters.word("wait");
          return Needs{.backend = wait == "backend",
                       .file_bytes = wait == "file" ? kFileBytes : 0};
        },
    .computing =
        [](const Parameters& parameters) {
          return compute_seconds(parameters) > 0 ? computing(kSqrt)
                                                 : Computing{};
        },
    .in_flight = "10,100,1000",
    .pace = 0.5,
}};

}  // namespace
}  // namespace bench
