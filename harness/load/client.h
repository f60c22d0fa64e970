// LoadClient: one thread of a load generator, with connections of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/load/connection.h"
#include "harness/load/order.h"
#include "harness/load/schedule.h"
#include "harness/load/tally.h"
#include "harness/posix/fd.h"
#include "harness/posix/loopback.h"

namespace bench {

/// The stamps of a run; now_ns().
struct LoadWindow {
  std::int64_t start = 0;     ///< of the warm-up
  std::int64_t opens = 0;     ///< what is meant to leave from here on counts,
  std::int64_t closes = 0;    ///< up to here, where sending ends, and
  std::int64_t gives_up = 0;  ///< waiting for the last answers ends here
};

/// Sends, reads and measures; sleeps in epoll(7) in between. Closed loop: each
/// connection sends its next request when it has its answer. Open loop: each
/// request has its time, and takes the connection that has been free for
/// longest; if there is none, it waits for one, and that counts.
///
/// A request belongs to the window if its time does. Those that were due in
/// the window and found no connection are still sent after it, so that their
/// latency is known and a stall is seen whole; they count as in flight at the
/// end, so that a rate is what was done in the window.
///
/// The constructor throws std::system_error; nothing else throws. Created by
/// one thread, then used by one other.
class LoadClient {
 public:
  /// The `thread`-th of order.threads. REQUIRES: `order` outlives it.
  LoadClient(const LoadOrder& order, std::uint32_t thread);
  LoadClient(const LoadClient&) = delete;
  LoadClient& operator=(const LoadClient&) = delete;

  /// Opens the connections, 64,000 a second, and waits up to a second for the
  /// last ones.
  void open();

  /// Runs the load; returns when every request of the window has its fate.
  void run(const LoadWindow& window);

  const Tally& tally() const { return tally_; }

 private:
  /// A kind of request, ready to be sent.
  struct Kind {
    std::string bytes;
    ExpectedAnswer expected;
  };

  /// Before a connection that was refused or reset is tried again;
  /// nanoseconds.
  static constexpr std::int64_t kConnectionRest = 10'000'000;

  // client.cpp: what leaves when, and what becomes of it.
  void begin(LoadConnection& connection, std::int64_t from, std::int64_t now);
  void begin_due(std::int64_t now);
  void go_on(LoadConnection& connection, std::int64_t now);
  void rest(LoadConnection& connection, std::int64_t now);
  void succeed(LoadConnection& connection, std::int64_t now);
  void fail(LoadConnection& connection, Failure failure, std::int64_t now);
  void count(std::size_t kind, Fate fate, std::int64_t from, std::int64_t sent,
             std::int64_t until);
  void expire(std::int64_t now);
  void give_up(std::int64_t now);
  /// When the next request of the open loop is due; empty if none is.
  std::optional<std::int64_t> due() const;

  // client_loop.cpp: when it looks, and when it is over.
  bool finished(std::int64_t now) const;
  void remember_look(std::int64_t began, std::int64_t ended);
  std::int64_t next_moment(std::int64_t now) const;
  /// Sleeps until then or until something has come, and handles that.
  void wait_until(std::int64_t moment, std::int64_t now);
  void handle_events_until(std::int64_t moment);
  bool belongs(std::int64_t from) const {
    return from >= window_.opens && from < window_.closes;
  }

  // client_wire.cpp: bytes.
  bool connect(LoadConnection& connection);
  void disconnect(LoadConnection& connection);
  void on_event(LoadConnection& connection, std::uint32_t events);
  void transmit(LoadConnection& connection, std::int64_t now);
  void receive(LoadConnection& connection, bool hung_up);
  void on_end(LoadConnection& connection, int error, std::int64_t now);
  void on_answer(LoadConnection& connection, AnswerReader::State state,
                 bool hung_up, std::int64_t now);
  void on_loss(LoadConnection& connection, Failure failure, std::int64_t now);

  const LoadOrder& order_;
  const ServerAddress server_;
  const std::int64_t timeout_;  ///< nanoseconds
  std::vector<Kind> kinds_;
  Mixture mixture_;
  std::optional<Schedule> schedule_;
  LoadWindow window_;
  Tally tally_;
  Fd epoll_;
  /// Since when, at the latest, what the last look has found may have been
  /// there: the end of that look, or of the one before if this one did not
  /// sleep.
  std::int64_t there_since_ = 0;
  std::int64_t looked_ = 0;  ///< the end of the last look
  std::vector<char> buffer_;
  std::vector<LoadConnection> connections_;  ///< the parked ones come last
  Line free_;     ///< since free_since, the longest first
  Line busy_;     ///< since sent, the longest first
  Line resting_;  ///< since free_since, the longest first
};

}  // namespace bench
