// Loop: making and ending it, and the life of a task.
#include "harness/drive/loop.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>

#include "harness/posix/clock.h"

namespace bench {
namespace {

std::atomic<int> loops_alive{0};

}  // namespace

void check_uv(int result, const char* what) {
  if (result < 0) {
    throw std::system_error(-result, std::generic_category(), what);
  }
}

struct Loop::Watch {
  std::function<void()> ready;
  uv_poll_t poll;
};

Loop::Loop(std::uint32_t worker, Compute compute, std::uint32_t pool_threads,
           const std::function<void()>& prepare)
    : worker_(worker), compute_(compute) {
  loops_alive.fetch_add(1);
  check_uv(uv_loop_init(&loop_), "uv_loop_init");
  alarm_ = std::make_unique<LoopAlarm>(
      loop_, [this](void* what) { resume(*static_cast<Task*>(what), 0); });
  if (compute == Compute::offload) start_pool(pool_threads, prepare);
}

Loop::~Loop() {
  while (!kept_lines_.empty()) close(*kept_lines_.back());
  for (Task& task : tasks_) {
    uv_close(reinterpret_cast<uv_handle_t*>(&task.patience), nullptr);
  }
  unwatch_all();
  alarm_->close();
  uv_run(&loop_, UV_RUN_DEFAULT);  // the close callbacks come from here
  uv_loop_close(&loop_);
  // Ends the threads of libuv's pool, if somebody has used it: no worker
  // outlives a model's run().
  if (loops_alive.fetch_sub(1) == 1) uv_library_shutdown();
}

void Loop::start_pool(std::uint32_t threads,
                      const std::function<void()>& prepare) {
  // libuv reads the size once, at the first request, and starts its threads
  // then. [libuv, "Thread pool work scheduling"]
  setenv("UV_THREADPOOL_SIZE", std::to_string(threads).c_str(), 1);
  // One request holds each thread until all have come: so each is prepared.
  struct Start {
    const std::function<void()>& prepare;
    std::barrier<> together;
  } start{prepare, std::barrier<>(threads)};
  std::vector<uv_work_t> requests(threads);
  for (uv_work_t& request : requests) {
    request.data = &start;
    const auto prepare_one = [](uv_work_t* mine) {
      Start& all = *static_cast<Start*>(mine->data);
      all.prepare();
      all.together.arrive_and_wait();
    };
    check_uv(
        uv_queue_work(&loop_, &request, prepare_one, [](uv_work_t*, int) {}),
        "uv_queue_work");
  }
  uv_run(&loop_, UV_RUN_DEFAULT);
}

Loop::Watch* Loop::watch(int fd, std::function<void()> ready) {
  auto watch = std::make_unique<Watch>();
  watch->ready = std::move(ready);
  check_uv(uv_poll_init(&loop_, &watch->poll, fd), "uv_poll_init");
  watch->poll.data = watch.get();
  watches_.push_back(watch.release());  // libuv has it until it is closed
  look_again(watches_.back());
  return watches_.back();
}

void Loop::look_away(Watch* watch) { uv_poll_stop(&watch->poll); }

void Loop::look_again(Watch* watch) {
  uv_poll_start(&watch->poll, UV_READABLE, [](uv_poll_t* poll, int, int) {
    static_cast<Watch*>(poll->data)->ready();
  });
}

void Loop::unwatch(Watch* watch) {
  std::erase(watches_, watch);
  uv_close(
      reinterpret_cast<uv_handle_t*>(&watch->poll),
      [](uv_handle_t* handle) { delete static_cast<Watch*>(handle->data); });
}

void Loop::unwatch_all() {
  while (!watches_.empty()) unwatch(watches_.back());
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
  // Whoever waits keeps the loop running, not the clock beside it.
  uv_unref(reinterpret_cast<uv_handle_t*>(&task.patience));
  return task;
}

void Loop::start(Task& task, std::unique_ptr<Job> job) {
  task.worker = worker_;
  task.time = {};
  task.job = std::move(job);
  obey(task, task.job->resume(0));
}

void Loop::start(Task& task, std::unique_ptr<Job> job, Fd connection) {
  Line& line = new_line(task, 0);
  // A stream that libuv cannot take fails at the job's first step.
  if (uv_tcp_open(&line.stream, connection.get()) == 0) connection.release();
  start(task, std::move(job));
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
          computed_ = true;
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
      case Step::Kind::shut:
        result = shut(task);
        break;
      case Step::Kind::call:
        result = call(task);
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
  Task* const outer = task.outer;
  if (outer != nullptr) {
    Call& call = *outer->step.call;
    if (task.step.error == 0) {
      call.answer = call.service->answer(call.work, task.job.get());
    }
    task.result = -task.step.error;
  } else {
    record(task);
  }
  task.job.reset();
  task.outer = nullptr;
  task.deadline = 0;
  const bool starting = task.starting;
  const ssize_t result = task.result;
  if (Line* const line = std::exchange(task.line, nullptr)) {
    const bool ours = line->port != 0;
    task.step.keep&& ours ? keep(*line) : close(*line);
  }
  idle_tasks_.push_back(&task);
  if (outer == nullptr) {
    vacate();
  } else if (!starting) {
    resume(*outer, result);
  }
}

Loop::Line& Loop::new_line(Task& task, std::uint16_t port) {
  if (idle_lines_.empty()) idle_lines_.push_back(&lines_.emplace_back());
  Line& line = *idle_lines_.back();
  idle_lines_.pop_back();
  line.loop = this;
  line.task = &task;
  line.port = port;
  line.reading = false;
  uv_tcp_init(&loop_, &line.stream);
  line.stream.data = &line;
  task.line = &line;
  return line;
}

Loop::Line* Loop::kept_line(std::uint16_t port) {
  const auto found =
      std::find_if(kept_lines_.rbegin(), kept_lines_.rend(),
                   [&](const Line* line) { return line->port == port; });
  if (found == kept_lines_.rend()) return nullptr;
  Line* const line = *found;
  kept_lines_.erase(std::next(found).base());
  uv_ref(reinterpret_cast<uv_handle_t*>(&line->stream));
  return line;
}

void Loop::keep(Line& line) {
  line.task = nullptr;
  kept_lines_.push_back(&line);
  // Nobody waits for it: it is no reason for the loop to run on.
  uv_unref(reinterpret_cast<uv_handle_t*>(&line.stream));
}

void Loop::close(Line& line) {
  if (line.task == nullptr) std::erase(kept_lines_, &line);
  line.task = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&line.stream),
           [](uv_handle_t* handle) {
             Line& mine = *static_cast<Line*>(handle->data);
             mine.loop->idle_lines_.push_back(&mine);
           });
}

void Loop::end_idle_waits() {
  idle_waits_end_ = true;
  std::vector<Task*> idle;  // a job that is resumed may need new tasks
  for (Task& task : tasks_) {
    const bool waits = task.job != nullptr && task.deadline != 0 &&
                       task.step.kind == Step::Kind::read;
    if (waits && task.step.idle) idle.push_back(&task);
  }
  for (Task* task : idle) {
    task->deadline = 0;
    resume(*task, 0);
  }
}

}  // namespace bench
