// BatchLoop: when jobs are begun.
#include "harness/drive/loop_batch.h"

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

}  // namespace

BatchLoop::BatchLoop(Batch& batch, std::uint32_t worker, Compute compute)
    : Loop(worker, compute, batch.workers(), [&] { batch.prepare_worker(); }),
      batch_(batch),
      limit_(compute == Compute::offload ? batch.in_flight()
                                         : batch.in_flight_of(worker)) {
  uv_check_init(&uv(), &after_events_);  // neither can fail
  uv_idle_init(&uv(), &impatience_);
  after_events_.data = this;
}

BatchLoop::~BatchLoop() {
  uv_close(reinterpret_cast<uv_handle_t*>(&after_events_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&impatience_), nullptr);
  Loop::run();  // until libuv has let go of what dies with this object
}

void BatchLoop::run(std::function<std::optional<std::size_t>()> next) {
  next_ = std::move(next);
  uv_check_start(&after_events_, [](uv_check_t* handle) {
    static_cast<BatchLoop*>(handle->data)->admit();
  });
  // Alone, it is no reason to go on: with nothing left to wait for, the loop
  // ends.
  uv_unref(reinterpret_cast<uv_handle_t*>(&after_events_));
  ask_for_admission();
  Loop::run();
}

void BatchLoop::ask_for_admission() {
  // An active idle handle makes the loop look for events without sleeping.
  uv_idle_start(&impatience_, [](uv_idle_t*) {});
}

void BatchLoop::admit() {
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
    start(task, batch_.job(*i));
  }
  admitting_ = false;
  // With nobody to admit, the loop sleeps until something is done.
  if (next_ == nullptr || in_flight_ == limit_) uv_idle_stop(&impatience_);
}

void BatchLoop::record(Task& task) {
  last_finished_ =
      batch_.finish(task.i, task.worker, *task.job, task.step.error);
}

void BatchLoop::vacate() {
  --in_flight_;
  if (next_ == nullptr) return;
  if (last_finished_ - last_admission_ > kLongestVacancy && !admitting_) {
    admit();
  } else {
    ask_for_admission();
  }
}

}  // namespace bench
