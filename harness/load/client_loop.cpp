// LoadClient: from the first connection to the end of the run.
#include <sys/epoll.h>

#include <algorithm>
#include <array>

#include "harness/load/client.h"
#include "harness/posix/clock.h"

namespace bench {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;

}  // namespace

void LoadClient::open() {
  // So many at once that a server's queue of new connections can take them.
  constexpr std::size_t kAtOnce = 64;
  std::size_t asked = 0;
  while (asked < connections_.size()) {
    const std::int64_t now = now_ns();
    for (std::size_t i = 0; i < kAtOnce && asked < connections_.size(); ++i) {
      LoadConnection& connection = connections_[asked++];
      const bool wanted = order_.keep_alive || connection.parked;
      if (wanted && !connect(connection) && connection.parked) {
        rest(connection, now);
      }
    }
    handle_events_until(now + kMillisecond);
  }
  // Those without a socket were not wanted, or have failed already.
  const std::int64_t limit = now_ns() + 1000 * kMillisecond;
  for (const LoadConnection& connection : connections_) {
    while (connection.fd && !connection.connected && now_ns() < limit) {
      wait_until(limit, now_ns());
    }
  }
}

void LoadClient::handle_events_until(std::int64_t moment) {
  for (std::int64_t now = now_ns(); now < moment; now = now_ns()) {
    wait_until(moment, now);
  }
}

void LoadClient::run(const LoadWindow& window) {
  window_ = window;
  std::int64_t now = now_ns();
  if (!order_.rate) {
    while (!free_.empty()) {
      LoadConnection& connection = *free_.first();
      free_.remove(connection);
      begin(connection, now, now);
      now = now_ns();
    }
  }
  std::int64_t cpu_at_open = -1;
  std::int64_t cpu_at_close = -1;
  while (!finished(now)) {
    begin_due(now);
    wait_until(next_moment(now), now);
    now = now_ns();
    expire(now);
    if (cpu_at_open < 0 && now >= window.opens) cpu_at_open = thread_cpu_ns();
    if (cpu_at_close < 0 && now >= window.closes) {
      cpu_at_close = thread_cpu_ns();
    }
  }
  give_up(now);
  tally_.cpu_ns = tally_.busiest_ns = cpu_at_close - cpu_at_open;
}

bool LoadClient::finished(std::int64_t now) const {
  if (now < window_.closes) return false;
  return now >= window_.gives_up || (busy_.empty() && !due());
}

std::int64_t LoadClient::next_moment(std::int64_t now) const {
  std::int64_t moment = window_.gives_up;
  for (const std::int64_t edge : {window_.opens, window_.closes}) {
    if (edge > now) moment = std::min(moment, edge);
  }
  if (!busy_.empty()) {
    moment = std::min(moment, busy_.first()->sent + timeout_);
  }
  if (!resting_.empty()) {
    moment = std::min(moment, resting_.first()->free_since + kConnectionRest);
  }
  if (const auto next = due(); next && !free_.empty()) {
    moment = std::min(moment, *next);
  }
  return moment;
}

void LoadClient::remember_look(std::int64_t began, std::int64_t ended) {
  // A look that finds something at once takes a few microseconds.
  constexpr std::int64_t kSlept = 20'000;
  there_since_ = ended - began > kSlept ? ended : looked_;
  looked_ = ended;
}

void LoadClient::wait_until(std::int64_t moment, std::int64_t now) {
  constexpr int kEvents = 256;
  std::array<epoll_event, kEvents> events;
  const std::int64_t span = std::max<std::int64_t>(moment - now, 0);
  const timespec limit{span / 1'000'000'000, span % 1'000'000'000};
  const int count =
      epoll_pwait2(epoll_.get(), events.data(), kEvents, &limit, nullptr);
  remember_look(now, now_ns());
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    on_event(*static_cast<LoadConnection*>(event.data.ptr), event.events);
  }
}

}  // namespace bench
