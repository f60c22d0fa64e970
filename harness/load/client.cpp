// LoadClient: what leaves when, and what becomes of it.
#include "harness/load/client.h"

#include <sys/epoll.h>

#include <algorithm>

#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/posix/loopback.h"

namespace bench {
namespace {

constexpr std::size_t kBuffer = std::size_t{64} * 1024;

/// The part of `all` that the `thread`-th of `threads` has.
std::uint32_t part(std::uint32_t all, std::uint32_t thread,
                   std::uint32_t threads) {
  return all / threads + (thread < all % threads ? 1 : 0);
}

Timeline timeline_of(const LoadOrder& order) {
  if (order.timeline_seconds <= 0) return {};
  return {to_ns(order.timeline_seconds), to_ns(order.seconds)};
}

}  // namespace

LoadClient::LoadClient(const LoadOrder& order, std::uint32_t thread)
    : order_(order),
      server_(loopback_address(order.address, order.port)),
      timeout_(to_ns(order.timeout_seconds)),
      mixture_(order.requests,
               split_mix(order.seed, std::uint64_t{2} * thread)),
      tally_(order.requests.size(), timeline_of(order)),
      epoll_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      buffer_(kBuffer),
      connections_(part(order.connections, thread, order.threads) +
                   part(order.idle_connections, thread, order.threads)) {
  epoll_event nothing;
  const timespec at_once{};
  check(epoll_pwait2(epoll_.get(), &nothing, 1, &at_once, nullptr),
        "epoll_pwait2, which Linux has since 5.11");
  if (order.rate) {
    schedule_.emplace(order.arrival, *order.rate, thread, order.threads,
                      split_mix(order.seed, std::uint64_t{2} * thread + 1));
  }
  for (const LoadRequest& request : order.requests) {
    kinds_.push_back(
        {request_bytes(order, request),
         {request.status, request.body, request.method == "HEAD"}});
  }
  // An address has 28,000 ports to connect from. [ip(7), ip_local_port_range]
  constexpr std::uint32_t kPerAddress = 20'000;
  const std::uint32_t active = part(order.connections, thread, order.threads);
  for (std::uint32_t i = 0; i < connections_.size(); ++i) {
    LoadConnection& connection = connections_[i];
    connection.source = (i * order.threads + thread) / kPerAddress;
    connection.parked = i >= active;
    if (!connection.parked) free_.append(connection);
  }
}

void LoadClient::begin(LoadConnection& connection, std::int64_t from,
                       std::int64_t now) {
  connection.place = LoadConnection::Place::busy;
  connection.kind = mixture_.choose();
  connection.counted = belongs(from);
  connection.retried = false;
  connection.written = 0;
  connection.from = from;
  connection.sent = now;
  connection.reader.expect(kinds_[connection.kind].expected);
  busy_.append(connection);
  if (connection.counted) {
    ++tally_.sent;
    if (schedule_) tally_.late.add(now - std::max(from, connection.free_since));
  }
  transmit(connection, now);
}

std::optional<std::int64_t> LoadClient::due() const {
  if (!schedule_) return std::nullopt;
  const std::int64_t next = window_.start + schedule_->next();
  return next < window_.closes ? std::optional(next) : std::nullopt;
}

void LoadClient::begin_due(std::int64_t now) {
  if (!schedule_) return;
  while (!free_.empty()) {
    const std::optional<std::int64_t> next = due();
    if (!next || *next > now) return;
    LoadConnection& connection = *free_.first();
    free_.remove(connection);
    schedule_->advance();
    begin(connection, *next, now);
    now = now_ns();
  }
}

void LoadClient::go_on(LoadConnection& connection, std::int64_t now) {
  if (!order_.rate && now < window_.closes) {
    begin(connection, now, now);
    return;
  }
  connection.place = LoadConnection::Place::free;
  connection.free_since = now;
  free_.append(connection);
  begin_due(now);
}

void LoadClient::rest(LoadConnection& connection, std::int64_t now) {
  connection.place = LoadConnection::Place::resting;
  connection.free_since = now;
  resting_.append(connection);
}

void LoadClient::succeed(LoadConnection& connection, std::int64_t now) {
  busy_.remove(connection);
  if (!connection.counted) return;
  tally_.late_reading.add(now - std::max(there_since_, connection.sent));
  ++tally_.statuses[connection.reader.status()];
  count(connection.kind, Fate::ok, connection.from, connection.sent, now);
}

void LoadClient::fail(LoadConnection& connection, Failure failure,
                      std::int64_t now) {
  busy_.remove(connection);
  if (!connection.counted) return;
  if (failure == Failure::wrong_body || failure == Failure::wrong_status) {
    ++tally_.statuses[connection.reader.status()];
  }
  // What left after the window is nothing of it.
  if (connection.sent < window_.closes) {
    ++tally_.failures[static_cast<std::size_t>(failure)];
  }
  count(connection.kind, fate_of(failure), connection.from, connection.sent,
        now);
}

void LoadClient::count(std::size_t kind, Fate fate, std::int64_t from,
                       std::int64_t sent, std::int64_t until) {
  const Fate counted = sent < window_.closes ? fate : Fate::in_flight_at_end;
  ++tally_.fates[static_cast<std::size_t>(counted)];
  if (order_.fault) {
    tally_.asked.push_back(
        {from - window_.opens, until - window_.opens, fate == Fate::ok});
  }
  // Who was turned away, or got something else, has not been served: that is
  // no latency. Who waited in vain has waited for so long at least.
  if (fate == Fate::reset || fate == Fate::bad_body ||
      fate == Fate::bad_status) {
    tally_.failed.add(until - from);
    return;
  }
  tally_.latency[kind].add(until - from);
  if (schedule_ && sent <= until) tally_.naive[kind].add(until - sent);
  if (kind == 0) tally_.timeline.add(from - window_.opens, until - from);
}

void LoadClient::expire(std::int64_t now) {
  while (!busy_.empty() && busy_.first()->sent + timeout_ <= now) {
    LoadConnection& connection = *busy_.first();
    fail(connection, Failure::timed_out, connection.sent + timeout_);
    disconnect(connection);
    go_on(connection, now);
  }
  while (!resting_.empty() &&
         resting_.first()->free_since + kConnectionRest <= now) {
    LoadConnection& connection = *resting_.first();
    resting_.remove(connection);
    if (!connection.parked) {
      go_on(connection, now);
    } else if (!connect(connection)) {
      rest(connection, now);
    }
  }
}

void LoadClient::give_up(std::int64_t now) {
  while (!busy_.empty()) {
    const LoadConnection& connection = *busy_.first();
    busy_.remove(*busy_.first());
    if (!connection.counted) continue;
    count(connection.kind, Fate::in_flight_at_end, connection.from,
          connection.sent, now);
  }
  if (!schedule_) return;
  // These found no connection at all; they have waited for so long at least.
  while (const std::optional<std::int64_t> next = due()) {
    schedule_->advance();
    const std::size_t kind = mixture_.choose();
    if (!belongs(*next)) continue;
    ++tally_.sent;
    count(kind, Fate::in_flight_at_end, *next, INT64_MAX, now);
  }
}

}  // namespace bench
