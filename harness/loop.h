// The loop's way to obey a step: start something, let a callback resume.
//
// Its mirror is harness/drive.h. event-loop owns one Loop in one thread;
// prefork owns one in each process. Nothing here blocks but uv_run().
#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "harness/batch.h"
#include "harness/job.h"

namespace bench {

/// Drives jobs of one batch on one libuv loop. One thread makes, runs and
/// destroys it, and never before the last fork of its process.
class Loop {
 public:
  /// Where a compute step burns its CPU.
  enum class Compute {
    inline_,  ///< on the loop's own thread, which does nothing else meanwhile
    offload,  ///< on libuv's pool of batch.workers() threads (uv_queue_work)
  };

  /// `worker` is what the records say of jobs computed on the loop's thread;
  /// offloaded ones name the pool's thread. At most `in_flight` jobs are
  /// begun and not finished. Throws std::system_error.
  /// REQUIRES: no other Loop of this process has ever offloaded; libuv makes
  /// its pool once, and this one ends it.
  Loop(Batch& batch, std::uint32_t worker, std::uint32_t in_flight,
       Compute compute);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// Runs the jobs that `next` names until it names no more and all of them
  /// are finished.
  void run(std::function<std::optional<std::size_t>()> next);

 private:
  /// A job in flight, and the request that waits on its behalf.
  struct Task {
    Loop* loop;
    std::size_t i;
    std::uint32_t worker;
    std::unique_ptr<Job> job;
    Step step;
    uv_work_t work;
  };

  void start_pool();
  void admit_each_turn();
  void admit();
  void obey(Task& task, Step step);
  void finish(Task& task);

  Batch& batch_;
  const std::uint32_t worker_;
  const Compute compute_;
  std::function<std::optional<std::size_t>()> next_;
  std::vector<Task> tasks_;
  std::vector<Task*> idle_tasks_;
  std::int64_t last_finished_ = 0;  ///< now_ns()
  uv_loop_t loop_;
  uv_idle_t admission_;  ///< calls admit() once per turn of the loop
};

}  // namespace bench
