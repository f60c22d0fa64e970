// ServerLoop: taking connections, and stopping.
#include "harness/drive/loop_server.h"

#include <utility>

#include "harness/core/star.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/clock.h"

namespace bench {

ServerLoop::ServerLoop(Server& server, Compute compute)
    : Loop(0, compute, server.workers(), [&] { server.prepare_worker(); }),
      server_(server) {
  uv_timer_init(&uv(), &pause_);  // cannot fail
  pause_.data = this;
  uv_timer_init(&uv(), &pulse_);
  pulse_.data = this;
  Server::promise_pulse(server.watched());
}

ServerLoop::~ServerLoop() {
  Server::promise_pulse(false);
  unwatch_all();
  uv_close(reinterpret_cast<uv_handle_t*>(&pause_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&pulse_), nullptr);
  Loop::run();  // until libuv has let go of what dies with this object
}

void ServerLoop::accept_from(Listener& listener) {
  listener_ = &server_.take_from(listener);
  incoming_ = watch(listener.fd(), [this] { accept_one(); });
}

void ServerLoop::accept_in_turn(Listener& listener) {
  takes_turns_ = true;
  accept_from(listener);
}

void ServerLoop::accept_one() {
  // LESSON: a loop that is awake accepts before one that the kernel must wake,
  // so it would get nearly all, for as long as their connections live. Who is
  // ahead waits a moment for somebody else, who has been woken too.
  if (takes_turns_ && server_.ahead()) {
    gives_way_ = true;
    look_away_for(incoming_, kTurn);
    return;
  }
  take_one();
}

void ServerLoop::take_one() {
  // LESSON: whoever shares this socket is woken too and may find it empty.
  // That is the thundering herd; it costs a wake-up, not a connection.
  Accepted accepted = listener_->accept();
  if (accepted.connection) adopt(std::move(accepted.connection));
  if (accepted.exhausted) rest(incoming_);
  // Another worker has stopped sooner; stop() will find what is left.
  if (accepted.over) look_away(incoming_);
}

void ServerLoop::rest(Watch* source) {
  // It stays readable: without a pause the loop would do nothing but fail.
  // Those who wait meanwhile keep their places.
  look_away_for(source, kExhaustedPause);
}

void ServerLoop::look_away_for(Watch* source, std::chrono::milliseconds span) {
  look_away(source);
  resting_ = source;
  uv_timer_start(
      &pause_,
      [](uv_timer_t* timer) {
        static_cast<ServerLoop*>(timer->data)->end_pause();
      },
      static_cast<std::uint64_t>(span.count()), 0);
}

void ServerLoop::end_pause() {
  if (stopping_ && listener_ != nullptr) {
    close_door();
    return;
  }
  look_again(resting_);
  // The one that was left to others is taken after all, if it is still there;
  // the next one is another matter.
  if (std::exchange(gives_way_, false)) take_one();
}

void ServerLoop::adopt(Fd connection) {
  ++open_;
  WorkerCounts::add(server_.counts().open, 1U);
  start(idle_task(), server_.connection(), std::move(connection));
}

void ServerLoop::run() {
  server_.counts().loops.store(true);
  server_.counts().shares.store(takes_turns_);
  stop_ = watch(server_.stop_fd(), [this] { stop(); });
  if (Star* const star = Star::of_this_process()) {
    watch(star->fd(), [star] { star->attend(); });
  }
  if (server_.watched()) start_pulse();
  Loop::run();
}

void ServerLoop::start_pulse() {
  // LESSON: only the loop itself can say that it still turns. A thread that
  // spoke for it would live on while the loop hangs.
  const auto beat = [](uv_timer_t* timer) {
    static_cast<ServerLoop*>(timer->data)
        ->server_.counts()
        .beat.store(now_ns());
  };
  beat(&pulse_);
  uv_timer_start(&pulse_, beat, kPulse.count(), kPulse.count());
  uv_unref(reinterpret_cast<uv_handle_t*>(&pulse_));  // nobody waits for it
}

void ServerLoop::vacate() {
  WorkerCounts::add(server_.counts().open, ~0U);
  release();
}

void ServerLoop::release() {
  --open_;
  if (stopping_ && open_ == 0) unwatch_all();
}

void ServerLoop::stop() {
  unwatch(stop_);
  stopping_ = true;
  server_.counts().shares.store(false);  // nobody gives way to it any more
  if (listener_ != nullptr) uv_timer_stop(&pause_);
  hold();  // until the door is closed
  close_door();
  end_idle_waits();
}

/// Who was there before the stop is served, and told to go.
void ServerLoop::close_door() {
  if (listener_ != nullptr) {
    const bool shut = listener_->shut();
    while (Fd connection = listener_->accept().connection) {
      adopt(std::move(connection));
    }
    if (!shut) {
      rest(incoming_);
      return;
    }
    unwatch(incoming_);
  }
  release();
}

}  // namespace bench
