// The loop's way to obey a step: start something, let a callback resume.
//
// Its mirror is harness/drive/blocking.h. A loop drives jobs; where they come
// from is written in harness/drive/loop_batch.h and
// harness/drive/loop_server.h. Nothing here blocks but uv_run().
#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "harness/core/job.h"
#include "harness/core/service.h"
#include "harness/drive/loop_alarm.h"
#include "harness/posix/fd.h"

namespace bench {

/// Drives jobs on one libuv loop. One thread makes, runs and destroys it, and
/// never before the last fork of its process.
class Loop {
 public:
  /// Where a compute step burns its CPU.
  enum class Compute {
    inline_,  ///< on the loop's own thread, which does nothing else meanwhile
    offload,  ///< on the threads of libuv's pool (uv_queue_work)
  };

  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// A call that somebody else does for this loop.
  using Promise = void*;

  /// Lets `begin` have all calls: it must see to it that complete() is called
  /// for each of them, later and from this loop.
  void delegate(std::function<void(Call&, Promise)> begin) {
    delegate_ = std::move(begin);
  }
  /// Resumes the job whose call is done: 0, or -errno.
  void complete(Promise promise, ssize_t result);

  struct Watch;
  /// Calls `ready` from the loop while `fd` is readable; the loop runs on as
  /// long as it watches anything. Throws std::system_error.
  /// REQUIRES: fd stays open so long.
  Watch* watch(int fd, std::function<void()> ready);
  void unwatch(Watch* watch);
  /// Looks away for a while; cannot fail, nor can looking again.
  static void look_away(Watch* watch);
  static void look_again(Watch* watch);

 protected:
  struct Task;

  /// The stream of a job, or one that is kept for a later job.
  struct Line {
    Loop* loop;
    Task* task;          ///< whose job has it; null: it is kept, or closing
    std::uint16_t port;  ///< where a job connected it to; 0: a client's
    bool reading;        ///< libuv looks for input, asked for or not
    char excess;         ///< a byte for a stream that is kept: one too many
    uv_tcp_t stream;
    uv_write_t write;
  };

  /// A job in flight and the request that waits on its behalf.
  struct Task {
    Loop* loop;
    std::size_t i;             ///< for the owner: which job it is
    std::uint32_t worker;      ///< who ran it
    bool starting;             ///< an inner job has not left its first turn
    ssize_t result;            ///< of an inner job that is over
    Task* outer;               ///< the task whose call this job is; or null
    std::unique_ptr<Job> job;  ///< null: the task is idle
    Line* line;                ///< the job's stream; null: it has none
    Step step;                 ///< the one that is being obeyed
    Step computed;             ///< what a thread of the pool came to
    std::chrono::nanoseconds time;  ///< the longest wait, if no step says
    std::uint64_t deadline;         ///< of this wait, in uv_now(); 0: none
    std::uint64_t alarm;            ///< when `patience` rings; 0: it does not
    std::size_t unsent;             ///< when `deadline` was set
    uv_timer_t patience;
    uv_work_t work;
    std::unique_ptr<uv_fs_t> file;  ///< large, and few jobs read files
  };

  /// `worker` is what tasks say of jobs computed on the loop's thread;
  /// offloaded ones name the pool's thread: `pool_threads` of them are started,
  /// each of which runs `prepare`. Throws std::system_error.
  /// REQUIRES: all Loops of a process are made before the first of them dies:
  /// libuv makes its pool once, and the last one ends it.
  Loop(std::uint32_t worker, Compute compute, std::uint32_t pool_threads,
       const std::function<void()>& prepare);
  virtual ~Loop();

  /// A job of the owner's is over; its stream is about to close or be kept.
  virtual void record(Task& task) = 0;
  /// The same, a moment later: its task can be used again.
  virtual void vacate() = 0;

  /// True if the job waits for bytes of its stream.
  static bool asks_for_input(const Task& task) {
    return task.job != nullptr && task.step.kind == Step::Kind::read;
  }

  Task& idle_task();
  void start(Task& task, std::unique_ptr<Job> job);
  /// The same for a job that is born with the stream of a client.
  void start(Task& task, std::unique_ptr<Job> job, Fd connection);
  void resume(Task& task, ssize_t result);
  /// Ends all waits that are idle, now and in the future, with 0.
  void end_idle_waits();
  void unwatch_all();
  void run() { uv_run(&loop_, UV_RUN_DEFAULT); }
  uv_loop_t& uv() { return loop_; }

 private:
  void start_pool(std::uint32_t threads, const std::function<void()>& prepare);
  void obey(Task& task, Step step);
  void finish(Task& task);

  Line& new_line(Task& task, std::uint16_t port);
  Line* kept_line(std::uint16_t port);
  /// Leaves a stream to the jobs that come; libuv goes on looking at it.
  void keep(Line& line);
  void close(Line& line);
  void on_input(Line& line, ssize_t got);

  // Each starts a step. A result means that the step is done already.
  void compute(Task& task);
  void pause(Task& task);
  std::optional<ssize_t> connect(Task& task);
  std::optional<ssize_t> read(Task& task);
  std::optional<ssize_t> write(Task& task);
  std::optional<ssize_t> write_all(Task& task, const uv_buf_t& bytes);
  ssize_t shut(Task& task);
  std::optional<ssize_t> call(Task& task);
  std::optional<ssize_t> read_file(Task& task);
  void start_patience(Task& task);
  void ring(Task& task);
  void lose_patience(Task& task);

  const std::uint32_t worker_;
  const Compute compute_;
  std::function<void(Call&, Promise)> delegate_;
  bool idle_waits_end_ = false;
  bool computed_ = false;  ///< the loop's time may be stale
  std::deque<Task> tasks_;
  std::vector<Task*> idle_tasks_;
  std::deque<Line> lines_;
  std::vector<Line*> idle_lines_;  ///< closed: they can be used again
  std::vector<Line*> kept_lines_;  ///< the one that was left last comes last
  std::vector<Watch*> watches_;
  uv_loop_t loop_;
  std::unique_ptr<LoopAlarm> alarm_;
};

/// libuv returns negated errno values on Linux; throws std::system_error.
void check_uv(int result, const char* what);

}  // namespace bench
