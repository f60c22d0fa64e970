// Pinning: whether the scheduler or we say on which CPU a worker runs.
//
// No model knows of it: Crew and Processes place the workers that they start,
// and Batch and Server the threads of a library's own pool.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/parameters.h"

namespace bench {

/// The parameter of all models whose workers outlive a job: "pin".
Parameter pin_parameter();
/// True if a model was asked to pin its workers.
bool is_pinned(const Parameters& of_model);

/// From now on, in this process and in those that it forks, worker i runs on
/// CPU i mod n of these n CPUs, and nowhere else. Who is no worker (a main
/// thread that hands out, accepts or waits) may run on all of them.
/// REQUIRES: the process has one thread.
void pin_workers(std::vector<int> cpus);

/// The calling thread is worker `worker` of its process. It may have been
/// pinned before. Throws std::system_error.
void place_worker(std::uint32_t worker);
/// The same of one that nobody has counted: each gets the next number, once.
void place_uncounted_worker();

/// This process is worker `worker` of `count` processes. Threads that it
/// starts later are workers as well, counted over all processes: those of the
/// first are 0, count, 2 x count ...
void place_process(std::uint32_t worker, std::uint32_t count);

}  // namespace bench
