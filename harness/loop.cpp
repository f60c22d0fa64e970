// Loop: a turn, an admission, a step.
#include "harness/loop.h"

#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <string>
#include <system_error>
#include <utility>

#include "harness/posix/clock.h"

namespace bench {
namespace {

/// Short jobs are begun in handfuls, so that looking for events does not cost
/// more than the jobs themselves.
constexpr int kJobsPerTurn = 64;
constexpr std::int64_t kLongestTurn = 50'000;  // nanoseconds

/// Jobs are begun when all events of a turn are handled, in handfuls: that is
/// cheaper. But a free place does not wait for longer than this: jobs that
/// compute would otherwise be begun together, be done waiting together, and
/// queue for the loop's thread together, for ever.
constexpr std::int64_t kLongestVacancy = 200'000;  // nanoseconds

std::atomic<int> loops_alive{0};

/// libuv returns negated errno values on Linux.
void check_uv(int result, const char* what) {
  if (result < 0) {
    throw std::system_error(-result, std::generic_category(), what);
  }
}

}  // namespace

Loop::Loop(Batch& batch, std::uint32_t worker, std::uint32_t in_flight,
           Compute compute)
    : batch_(batch), worker_(worker), compute_(compute), limit_(in_flight) {
  loops_alive.fetch_add(1);
  check_uv(uv_loop_init(&loop_), "uv_loop_init");
  check_uv(uv_check_init(&loop_, &after_events_), "uv_check_init");
  check_uv(uv_idle_init(&loop_, &impatience_), "uv_idle_init");
  after_events_.data = this;
  alarm_ = std::make_unique<LoopAlarm>(
      loop_, [this](void* what) { resume(*static_cast<Task*>(what), 0); });
  if (compute == Compute::offload) start_pool();
}

Loop::~Loop() {
  uv_close(reinterpret_cast<uv_handle_t*>(&after_events_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&impatience_), nullptr);
  for (Task& task : tasks_) {
    uv_close(reinterpret_cast<uv_handle_t*>(&task.patience), nullptr);
  }
  alarm_->close();
  uv_run(&loop_, UV_RUN_DEFAULT);  // the close callbacks come from here
  uv_loop_close(&loop_);
  // Ends the threads of libuv's pool, if somebody has used it: no worker
  // outlives a model's run().
  if (loops_alive.fetch_sub(1) == 1) uv_library_shutdown();
}

Loop::Task& Loop::idle_task() {
  if (!idle_tasks_.empty()) {
    Task& task = *idle_tasks_.back();
    idle_tasks_.pop_back();
    return task;
  }
  Task& task = tasks_.emplace_back();
  task.loop = this;
  uv_timer_init(&loop_, &task.patience);  // cannot fail
  task.patience.data = &task;
  return task;
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
  uv_check_start(&after_events_, [](uv_check_t* handle) {
    static_cast<Loop*>(handle->data)->admit();
  });
  // Alone, it is no reason to go on: with nothing left to wait for, uv_run()
  // returns.
  uv_unref(reinterpret_cast<uv_handle_t*>(&after_events_));
  ask_for_admission();
  uv_run(&loop_, UV_RUN_DEFAULT);
}

void Loop::ask_for_admission() {
  // An active idle handle makes the loop look for events without sleeping.
  uv_idle_start(&impatience_, [](uv_idle_t*) {});
}

void Loop::admit() {
  admitting_ = true;
  last_admission_ = now_ns();
  const std::int64_t turn_ends = last_admission_ + kLongestTurn;
  // LESSON: between two turns nobody else is served. Short jobs share a turn;
  // a job that computes for long makes its turn as long as itself.
  for (int begun = 0; begun < kJobsPerTurn; ++begun) {
    if (next_ == nullptr || in_flight_ == limit_) break;
    if (last_finished_ > turn_ends) break;
    const std::optional<std::size_t> i = next_();
    if (!i) {
      next_ = nullptr;
      break;
    }
    Task& task = idle_task();
    ++in_flight_;
    batch_.begin(*i);
    task.i = *i;
    task.worker = worker_;
    task.has_stream = false;
    task.job = batch_.job(*i);
    obey(task, task.job->resume(0));
  }
  admitting_ = false;
  // With nobody to admit, the loop sleeps until something is done.
  if (next_ == nullptr || in_flight_ == limit_) uv_idle_stop(&impatience_);
}

void Loop::obey(Task& task, Step step) {
  for (;;) {
    task.step = step;
    std::optional<ssize_t> result;  // of a step that needed no waiting
    switch (step.kind) {
      case Step::Kind::finished:
        finish(task);
        return;
      case Step::Kind::compute:
        if (compute_ == Compute::offload) {
          compute(task);
        } else {
          result = 0;  // LESSON: everybody else waits for this one
        }
        break;
      case Step::Kind::pause:
        pause(task);
        break;
      case Step::Kind::connect:
        result = connect(task);
        break;
      case Step::Kind::read:
        result = read(task);
        break;
      case Step::Kind::write:
        result = write(task);
        break;
      case Step::Kind::read_file:
        result = read_file(task);
        break;
    }
    if (!result) return;  // a callback will resume the job
    step = task.job->resume(*result);
  }
}

void Loop::resume(Task& task, ssize_t result) {
  obey(task, task.job->resume(result));
}

void Loop::finish(Task& task) {
  last_finished_ =
      batch_.finish(task.i, task.worker, *task.job, task.step.error);
  task.job.reset();
  if (task.has_stream) {
    close(task);
  } else {
    idle_tasks_.push_back(&task);
  }
  --in_flight_;
  if (next_ == nullptr) return;
  if (last_finished_ - last_admission_ > kLongestVacancy && !admitting_) {
    admit();
  } else {
    ask_for_admission();
  }
}

void Loop::close(Task& task) {
  const auto closed = [](uv_handle_t* handle) {
    Task& mine = *static_cast<Task*>(handle->data);
    mine.loop->idle_tasks_.push_back(&mine);
  };
  // A reset, for the reason that Stream gives. A stream that never got a
  // descriptor cannot be reset, only closed.
  if (uv_tcp_close_reset(&task.stream, closed) < 0) {
    uv_close(reinterpret_cast<uv_handle_t*>(&task.stream), closed);
  }
}

}  // namespace bench
