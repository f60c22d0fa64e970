// Loop: a turn, an admission, a step.
#include "harness/loop.h"

#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <string>
#include <system_error>
#include <utility>

namespace bench {
namespace {

/// Short jobs are begun in handfuls, so that looking for events does not cost
/// more than the jobs themselves.
constexpr int kJobsPerTurn = 64;
constexpr std::int64_t kLongestTurn = 50'000;  // nanoseconds

/// libuv returns negated errno values on Linux.
void check_uv(int result, const char* what) {
  if (result < 0) {
    throw std::system_error(-result, std::generic_category(), what);
  }
}

/// Numbers the threads of libuv's pool in the order of their first work.
std::uint32_t pool_thread() {
  static std::atomic<std::uint32_t> threads{0};
  thread_local const std::uint32_t mine = threads.fetch_add(1);
  return mine;
}

}  // namespace

Loop::Loop(Batch& batch, std::uint32_t worker, std::uint32_t in_flight,
           Compute compute)
    : batch_(batch), worker_(worker), compute_(compute), tasks_(in_flight) {
  check_uv(uv_loop_init(&loop_), "uv_loop_init");
  check_uv(uv_idle_init(&loop_, &admission_), "uv_idle_init");
  admission_.data = this;
  idle_tasks_.reserve(tasks_.size());
  for (Task& task : tasks_) {
    task.loop = this;
    task.work.data = &task;
    idle_tasks_.push_back(&task);
  }
  if (compute == Compute::offload) start_pool();
}

Loop::~Loop() {
  uv_close(reinterpret_cast<uv_handle_t*>(&admission_), nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);  // the close callbacks come from here
  uv_loop_close(&loop_);
  // Ends the pool's threads: no worker outlives a model's run().
  if (compute_ == Compute::offload) uv_library_shutdown();
}

void Loop::start_pool() {
  // libuv reads the size once, at the first request, and starts its threads
  // then. [libuv, "Thread pool work scheduling"]
  const std::string size = std::to_string(batch_.workers());
  setenv("UV_THREADPOOL_SIZE", size.c_str(), 1);
  // One request holds each thread until all have come: so each is prepared.
  struct Start {
    Batch& batch;
    std::barrier<> together;
  } start{batch_, std::barrier<>(batch_.workers())};
  std::vector<uv_work_t> requests(batch_.workers());
  for (uv_work_t& request : requests) {
    request.data = &start;
    const auto prepare = [](uv_work_t* mine) {
      Start& all = *static_cast<Start*>(mine->data);
      all.batch.prepare_worker();
      all.together.arrive_and_wait();
    };
    check_uv(uv_queue_work(&loop_, &request, prepare, [](uv_work_t*, int) {}),
             "uv_queue_work");
  }
  uv_run(&loop_, UV_RUN_DEFAULT);
}

void Loop::run(std::function<std::optional<std::size_t>()> next) {
  next_ = std::move(next);
  admit_each_turn();
  uv_run(&loop_, UV_RUN_DEFAULT);
}

void Loop::admit_each_turn() {
  uv_idle_start(&admission_, [](uv_idle_t* handle) {
    static_cast<Loop*>(handle->data)->admit();
  });
}

void Loop::admit() {
  const std::int64_t turn_ends = now_ns() + kLongestTurn;
  // LESSON: between two turns nobody else is served. Short jobs share a turn;
  // a job that computes for long makes its turn as long as itself.
  for (int begun = 0; begun < kJobsPerTurn; ++begun) {
    if (idle_tasks_.empty() || last_finished_ > turn_ends) break;
    const std::optional<std::size_t> i = next_();
    if (!i) {
      next_ = nullptr;
      break;
    }
    Task& task = *idle_tasks_.back();
    idle_tasks_.pop_back();
    batch_.begin(*i);
    task.i = *i;
    task.worker = worker_;
    task.job = batch_.job(*i);
    obey(task, task.job->resume(0));
  }
  // With nobody to admit, the loop sleeps until something is done; with
  // nothing left to wait for, uv_run() returns.
  if (next_ == nullptr || idle_tasks_.empty()) uv_idle_stop(&admission_);
}

void Loop::obey(Task& task, Step step) {
  for (;;) {
    switch (step.kind) {
      case Step::Kind::finished:
        finish(task);
        return;
      case Step::Kind::compute:
        if (compute_ == Compute::inline_) {
          step = task.job->resume(0);
          break;
        }
        uv_queue_work(
            &loop_, &task.work,
            [](uv_work_t* request) {  // on a thread of the pool
              Task& mine = *static_cast<Task*>(request->data);
              mine.worker = pool_thread();
              mine.step = mine.job->resume(0);
            },
            [](uv_work_t* request, int) {  // on the loop's thread again
              Task& mine = *static_cast<Task*>(request->data);
              mine.loop->obey(mine, mine.step);
            });
        return;
    }
  }
}

void Loop::finish(Task& task) {
  last_finished_ = batch_.finish(task.i, task.worker, task.job->digest());
  task.job.reset();
  idle_tasks_.push_back(&task);
  if (next_ != nullptr) admit_each_turn();  // no change if it does already
}

}  // namespace bench
