// pool: a few long jobs at once, to see a pool of threads work through them.
//
// With 4 threads the fifth job ends a step later than the first four. --job-us
// long computations (pbkdf2) show it in the compute pool of event-loop/offload
// (--uv-pool=1,2,4), blocks of a file in every model that reads by a loop.
#include <stdexcept>

#include "scenarios/waiting.h"

namespace bench {
namespace {

bool reads_file(const Parameters& parameters) {
  return parameters.word("pool-job") == "file";
}

Waiting waiting_of(const Parameters& parameters) {
  Waiting what;
  if (reads_file(parameters)) {
    what.who = Waiting::For::file;
    what.bytes = 1 << 20;
    what.cold = true;
    return what;
  }
  what.kernel = &kPbkdf2;
  if (parameters.has("size")) {
    what.size = static_cast<std::uint64_t>(parameters.integer("size"));
  }
  return what;
}

const RegisterScenario registered{{
    .id = "pool",
    .summary = "16 long jobs at once: the staircase of a pool",
    .parameters =
        {word_of("pool-job",
                 "what a job does: compute, or read a megabyte from the disk",
                 {"pbkdf2", "file"}, "pbkdf2"),
         time_in("us", "job-us", "mean length of a job, calibrated once a run",
                 1, 10e6, "20000"),
         size_parameter()},
    .calibrate =
        [](Parameters& parameters, const Surroundings& surroundings) {
          if (reads_file(parameters)) {
            return JobLength{fill_file(waiting_of(parameters), surroundings)};
          }
          return JobLength{calibrate_size(parameters, kPbkdf2,
                                          parameters.real("job-us") * 1e-6)};
        },
    .make =
        [](const Parameters& parameters, std::uint64_t seed,
           const Surroundings& surroundings) {
          return make_waiting(waiting_of(parameters), seed, surroundings);
        },
    .demand =
        [](const Parameters& parameters) {
          return Demand{.readers = reads_file(parameters) ? 4u : 0u};
        },
    .needs =
        [](const Parameters& parameters) {
          return Needs{.file_bytes = reads_file(parameters) ? kFileBytes : 0};
        },
    .computing =
        [](const Parameters& parameters) {
          return reads_file(parameters) ? Computing{} : computing(kPbkdf2);
        },
    .in_flight = "16",
    .jobs = 16,
}};

}  // namespace
}  // namespace bench
