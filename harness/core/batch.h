// Batch: the jobs of one repetition, their records, and the gate.
//
// A model gets a batch and must run each job of it exactly once. The records
// lie in shared memory, so a thread and a process write them with the same
// code, and a worker that crashed shows as a slot that nobody finished.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/gate.h"
#include "harness/core/job.h"
#include "harness/core/parameters.h"
#include "harness/core/scenario.h"
#include "harness/posix/clock.h"
#include "harness/posix/shared_array.h"

namespace bench {

/// What the harness keeps of one job, in shared memory: a cache line of its
/// own, so that no two workers ever write to one.
struct alignas(64) Record {
  std::int64_t begun;                   ///< now_ns()
  std::int64_t finished;                ///< now_ns()
  std::uint64_t digest;                 ///< the job's answer
  std::atomic<std::uint16_t> begins;    ///< must be 1 at the end
  std::atomic<std::uint16_t> finishes;  ///< must be 1 at the end
  std::uint16_t worker;                 ///< who ran it
  std::uint16_t error;                  ///< 0, or the errno of a failed job
};
static_assert(sizeof(Record) == 64);

/// What a model may use. Computed once and handed to every model alike.
struct Resources {
  std::vector<int> cpus;        ///< the CPUs this process is bound to
  std::uint32_t workers = 1;    ///< threads or processes that run jobs
  std::uint32_t in_flight = 1;  ///< the most jobs begun and not finished
  Parameters parameters;        ///< of the model: "depth"

  /// Jobs that a worker may hold at once: the model's parameter "depth".
  std::uint32_t depth() const {
    return static_cast<std::uint32_t>(parameters.integer("depth"));
  }
};

/// Created before the first fork; then used by all workers at once: every
/// member is safe for that, provided that each job is run by one worker.
class Batch {
 public:
  /// `job_command` makes the argument list that runs job i in a new process
  /// of our own binary, which prints the digest on stdout.
  Batch(const Scenario& scenario, std::size_t size, Resources resources,
        std::function<std::vector<std::string>(std::size_t)> job_command);

  std::size_t size() const { return records_.size(); }
  std::uint32_t workers() const { return resources_.workers; }
  const Resources& resources() const { return resources_; }

  /// The most jobs that may be begun and not finished; at least workers(),
  /// unless these are the threads of libuv's pool.
  std::uint32_t in_flight() const { return resources_.in_flight; }

  /// The part of in_flight() that belongs to `worker`: all parts are alike, or
  /// differ by one.
  std::uint32_t in_flight_of(std::uint32_t worker) const {
    return in_flight() / workers() + (worker < in_flight() % workers() ? 1 : 0);
  }

  /// Waits until all threads and processes of the model are ready. What a
  /// worker must prepare for the scenario is done first.
  void enter();

  /// Prepares the calling thread for jobs. enter() does it; only workers that
  /// never enter (threads of a library's own pool) need to call it.
  void prepare_worker();

  /// Says that the caller has no more work, and waits for all others. What its
  /// jobs have left for later ones is closed then.
  void leave();

  /// Makes job i. Once a job has failed, so has the repetition: the jobs that
  /// are made after that fail at once, with ECANCELED, and nobody waits for
  /// the time limits of all the others. REQUIRES: i < size().
  std::unique_ptr<Job> job(std::size_t i) const noexcept {
    return failed() ? cancelled_job() : scenario_.job(i);
  }

  /// True once a job has failed.
  bool failed() const noexcept {
    return failed_[0].load(std::memory_order_relaxed);
  }

  /// Stamps the begin of job i: from here on it is in flight.
  void begin(std::size_t i) {
    Record& record = records_[i];
    record.begins.fetch_add(1, std::memory_order_relaxed);
    record.begun = now_ns();
  }

  /// Stamps the end of job i, run by `worker`; `error` is 0 or the errno value
  /// with which it failed. Returns the stamp.
  std::int64_t finish(std::size_t i, std::uint32_t worker, const Job& job,
                      int error) {
    return finish(i, worker, error == 0 ? job.digest() : 0, error);
  }
  std::int64_t finish(std::size_t i, std::uint32_t worker, std::uint64_t digest,
                      int error) {
    Record& record = records_[i];
    record.digest = digest;
    record.worker = static_cast<std::uint16_t>(worker);
    if (error != 0) {
      record.error = static_cast<std::uint16_t>(error);
      failed_[0].store(true, std::memory_order_relaxed);
    }
    // Who runs a job twice at once is found by `begins`; a second instruction
    // that locks a cache line would be felt in the shortest jobs.
    const auto former = record.finishes.load(std::memory_order_relaxed);
    record.finishes.store(former + 1, std::memory_order_relaxed);
    return record.finished = now_ns();
  }

  std::vector<std::string> job_command(std::size_t i) const {
    return job_command_(i);
  }

  Gate& gate() { return gate_[0]; }
  const SharedArray<Record>& records() const { return records_; }

 private:
  static std::unique_ptr<Job> cancelled_job() noexcept;
  void prepare();

  const Scenario& scenario_;
  Resources resources_;
  std::function<std::vector<std::string>(std::size_t)> job_command_;
  SharedArray<Record> records_;
  SharedArray<Gate> gate_;
  SharedArray<std::atomic<bool>> failed_;
  const pid_t maker_;
};

}  // namespace bench
