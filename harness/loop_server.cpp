// ServerLoop: taking connections, and stopping.
#include "harness/loop_server.h"

#include <utility>

#include "harness/posix/acceptor.h"

namespace bench {

ServerLoop::ServerLoop(Server& server, Compute compute)
    : Loop(0, compute, server.workers(), [&] { server.prepare_worker(); }),
      server_(server) {
  uv_timer_init(&uv(), &pause_);  // cannot fail
  pause_.data = this;
}

ServerLoop::~ServerLoop() {
  unwatch_all();
  uv_close(reinterpret_cast<uv_handle_t*>(&pause_), nullptr);
  Loop::run();  // until libuv has let go of what dies with this object
}

void ServerLoop::accept_from(int listener) {
  listener_ = listener;
  incoming_ = watch(listener, [this] { accept_one(); });
}

void ServerLoop::accept_one() {
  // LESSON: whoever shares this socket is woken too and may find it empty.
  // That is the thundering herd; it costs a wake-up, not a connection.
  Accepted accepted = accept_now(listener_);
  if (accepted.connection) adopt(std::move(accepted.connection));
  if (!accepted.exhausted) return;
  // The socket stays readable: without a pause the loop would do nothing but
  // fail. Those who wait meanwhile keep their places in the socket's queue.
  unwatch(std::exchange(incoming_, nullptr));
  uv_timer_start(
      &pause_,
      [](uv_timer_t* timer) {
        ServerLoop& self = *static_cast<ServerLoop*>(timer->data);
        if (!self.stopping_) self.accept_from(self.listener_);
      },
      kExhaustedPause.count(), 0);
}

void ServerLoop::adopt(Fd connection) {
  ++open_;
  start(idle_task(), server_.connection(), std::move(connection));
}

void ServerLoop::run() {
  stop_ = watch(server_.stop_fd(), [this] { stop(); });
  Loop::run();
}

void ServerLoop::vacate() {
  if (left_) left_();
  release();
}

void ServerLoop::release() {
  --open_;
  if (stopping_ && open_ == 0) unwatch_all();
}

void ServerLoop::stop() {
  unwatch(stop_);
  // Who was there before the stop is served, and told to go.
  while (incoming_ != nullptr) {
    Accepted accepted = accept_now(listener_);
    if (!accepted.connection) break;
    adopt(std::move(accepted.connection));
  }
  stopping_ = true;
  if (incoming_ != nullptr) unwatch(std::exchange(incoming_, nullptr));
  uv_timer_stop(&pause_);
  end_idle_waits();
  if (open_ == 0) unwatch_all();
}

}  // namespace bench
