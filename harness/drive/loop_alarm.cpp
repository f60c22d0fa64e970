// LoopAlarm: a timerfd and a heap.
#include "harness/drive/loop_alarm.h"

#include <sys/timerfd.h>

#include <system_error>
#include <utility>

#include "harness/posix/check.h"
#include "harness/posix/clock.h"

namespace bench {

LoopAlarm::LoopAlarm(uv_loop_t& loop, std::function<void(void*)> ring)
    : ring_(std::move(ring)),
      timer_(check(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC),
                   "timerfd_create")) {
  const int error = uv_poll_init(&loop, &poll_, timer_.get());
  if (error < 0) {
    throw std::system_error(-error, std::generic_category(), "uv_poll_init");
  }
  poll_.data = this;
}

void LoopAlarm::set(std::int64_t due, void* what) {
  if (waiting_.empty()) {  // somebody waits: from now on the loop must live
    uv_poll_start(&poll_, UV_READABLE, [](uv_poll_t* handle, int, int) {
      static_cast<LoopAlarm*>(handle->data)->ring_all_due();
    });
  }
  waiting_.push({due, what});
  if (armed_for_ == 0 || due < armed_for_) arm(due);
}

void LoopAlarm::arm(std::int64_t due) {
  const itimerspec when{{}, {due / 1'000'000'000, due % 1'000'000'000}};
  timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
  armed_for_ = due;
}

void LoopAlarm::ring_all_due() {
  // Setting the timer again also clears it, so nobody needs to read it.
  armed_for_ = 0;
  const std::int64_t now = now_ns();
  while (!waiting_.empty() && waiting_.top().due <= now) {
    void* const what = waiting_.top().what;
    waiting_.pop();
    ring_(what);  // may set the next one
  }
  if (waiting_.empty()) {
    uv_poll_stop(&poll_);
  } else if (armed_for_ != waiting_.top().due) {
    arm(waiting_.top().due);
  }
}

void LoopAlarm::close() {
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), nullptr);
}

}  // namespace bench
