// The loop's way to obey a step: start something, let a callback resume.
//
// Its mirror is harness/drive.h. event-loop owns one Loop in one thread;
// prefork owns one in each process. Nothing here blocks but uv_run().
#pragma once

#include <uv.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "harness/batch.h"
#include "harness/job.h"
#include "harness/loop_alarm.h"

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
  /// REQUIRES: all Loops of a process are made before the first of them dies:
  /// libuv makes its pool once, and the last one ends it.
  Loop(Batch& batch, std::uint32_t worker, std::uint32_t in_flight,
       Compute compute);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// Runs the jobs that `next` names until it names no more and all of them
  /// are finished.
  void run(std::function<std::optional<std::size_t>()> next);

 private:
  /// A job in flight, its stream, and the request that waits on its behalf.
  struct Task {
    Loop* loop;
    std::size_t i;
    std::uint32_t worker;
    bool has_stream;
    std::unique_ptr<Job> job;
    Step step;                      ///< the one that is being obeyed
    std::chrono::nanoseconds time;  ///< the longest wait on the stream
    uv_tcp_t stream;
    uv_timer_t patience;
    union {  // a job asks for one thing at a time
      uv_write_t write;
      uv_fs_t file;
      uv_work_t work;
    } request;
  };

  void start_pool();
  Task& idle_task();
  void ask_for_admission();
  void admit();
  void obey(Task& task, Step step);
  void resume(Task& task, ssize_t result);
  void finish(Task& task);
  void close(Task& task);

  // Each starts a step. A result means that the step is done already.
  void compute(Task& task);
  void pause(Task& task);
  std::optional<ssize_t> connect(Task& task);
  std::optional<ssize_t> read(Task& task);
  std::optional<ssize_t> write(Task& task);
  std::optional<ssize_t> write_all(Task& task, const uv_buf_t& bytes);
  std::optional<ssize_t> read_file(Task& task);
  void start_patience(Task& task);
  void lose_patience(Task& task);

  Batch& batch_;
  const std::uint32_t worker_;
  const Compute compute_;
  std::function<std::optional<std::size_t>()> next_;
  const std::uint32_t limit_;    ///< of jobs in flight
  std::uint32_t in_flight_ = 0;  ///< jobs begun and not finished
  /// A few more than may be in flight: the streams of jobs that are finished
  /// take until the end of a turn to close.
  std::deque<Task> tasks_;
  std::vector<Task*> idle_tasks_;
  std::int64_t last_finished_ = 0;   ///< now_ns()
  std::int64_t last_admission_ = 0;  ///< now_ns()
  bool admitting_ = false;           ///< admit() is running
  uv_loop_t loop_;
  uv_check_t after_events_;  ///< calls admit() when all events are handled
  uv_idle_t impatience_;     ///< keeps a turn from sleeping before admit()
  std::unique_ptr<LoopAlarm> alarm_;
};

}  // namespace bench
