// The blocking way to obey a step: wait by stopping the calling thread.
//
// Its mirror is harness/drive/loop.cpp. Put the two switches side by side: the
// steps are the same, and only the way to wait differs.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "harness/core/batch.h"
#include "harness/core/job.h"
#include "harness/core/service.h"
#include "harness/posix/clock.h"
#include "harness/posix/file.h"
#include "harness/posix/stream.h"

namespace bench {

ssize_t call_blocking(Call& call);

/// Runs `job`, born with `stream` if it has one, to its end on the calling
/// thread; 0, or the errno value with which the job failed.
inline int drive_blocking(Job& job, Stream stream = {}) {
  ssize_t result = 0;
  for (;;) {
    const Step step = job.resume(result);
    switch (step.kind) {
      case Step::Kind::finished:
        if (step.keep) std::move(stream).keep();
        return step.error;
      case Step::Kind::compute:
        result = 0;  // nothing to wait for: this thread is the one to compute
        break;
      case Step::Kind::pause:
        sleep_for(step.time);
        result = 0;
        break;
      case Step::Kind::connect:
        result = stream.connect(step.port, step.time, step.keep);
        break;
      case Step::Kind::read:
        result = stream.read(step.data, step.size, step.time, step.idle);
        break;
      case Step::Kind::write:
        result = stream.write(step.data, step.size, step.time);
        break;
      case Step::Kind::shut:
        result = stream.shut();
        break;
      case Step::Kind::call:
        result = call_blocking(*step.call);  // this thread does that job too
        break;
      case Step::Kind::read_file:
        result = step.file->read_at(step.data, step.size, step.offset);
        break;
    }
  }
}

/// Does the work of a call on the calling thread; 0, or -errno.
inline ssize_t call_blocking(Call& call) {
  const std::unique_ptr<Job> job = call.service->job(call.work);
  const int error = job == nullptr ? 0 : drive_blocking(*job);
  if (error == 0) call.answer = call.service->answer(call.work, job.get());
  return -error;
}

/// Runs job i of the batch on the calling thread, which is `worker`.
inline void run_blocking(Batch& batch, std::size_t i, std::uint32_t worker) {
  batch.begin(i);
  const std::unique_ptr<Job> job = batch.job(i);
  const int error = drive_blocking(*job);
  batch.finish(i, worker, *job, error);
}

}  // namespace bench
