// The blocking way to obey a step: wait by stopping the calling thread.
//
// Its mirror is harness/loop.h. Put the two switches side by side: the steps
// are the same, and only the way to wait differs.
#pragma once

#include <cstdint>
#include <memory>

#include "harness/batch.h"
#include "harness/job.h"

namespace bench {

/// Runs `job` to its end on the calling thread.
inline void drive_blocking(Job& job) {
  ssize_t result = 0;
  for (;;) {
    const Step step = job.resume(result);
    switch (step.kind) {
      case Step::Kind::finished:
        return;
      case Step::Kind::compute:
        result = 0;  // nothing to wait for: this thread is the one to compute
        break;
    }
  }
}

/// Runs job i of the batch on the calling thread, which is `worker`.
inline void run_blocking(Batch& batch, std::size_t i, std::uint32_t worker) {
  batch.begin(i);
  const std::unique_ptr<Job> job = batch.job(i);
  drive_blocking(*job);
  batch.finish(i, worker, job->digest());
}

}  // namespace bench
