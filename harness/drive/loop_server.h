// ServerLoop: a loop that drives the connections of a server.
//
// event-loop owns one in its one thread, prefork one in each process,
// thread-pool/loops one in each thread; the parent of fork-ipc has one too.
#pragma once

#include <chrono>
#include <cstddef>

#include "harness/core/server.h"
#include "harness/drive/loop.h"
#include "harness/posix/fd.h"

namespace bench {

class ServerLoop : public Loop {
 public:
  /// How long a client waits at most for a worker with fewer connections.
  static constexpr std::chrono::milliseconds kTurn{1};
  /// How often it shows that it lives.
  static constexpr std::chrono::milliseconds kPulse{500};

  /// With Compute::offload libuv's pool gets server.workers() threads. Throws
  /// and requires what Loop does.
  explicit ServerLoop(Server& server, Compute compute = Compute::inline_);
  ~ServerLoop() override;

  /// Takes connections from `listener`, which must live as long: one after
  /// each look for events, so that others who listen to it get theirs.
  void accept_from(Listener& listener);
  /// The same for one of several workers: who has clearly more connections than
  /// another leaves the next one alone for kTurn, then takes it after all.
  void accept_in_turn(Listener& listener);

  /// Drives a connection that somebody else has accepted.
  void adopt(Fd connection);

  /// Looks away from where connections come from, until there may be a
  /// descriptor for the next one.
  void rest(Watch* source);

  /// Drives connections until the server stops and the last one is over. Who
  /// was in the listener's queue at the stop is served; newcomers are refused.
  void run();

  /// Keeps run() from returning until release(): connections may still come.
  void hold() { ++open_; }
  void release();

 private:
  void record(Task&) override {}
  void vacate() override;
  void accept_one();
  void take_one();
  void look_away_for(Watch* source, std::chrono::milliseconds span);
  void end_pause();
  void stop();
  void close_door();
  void start_pulse();

  Server& server_;
  std::size_t open_ = 0;  ///< connections, and holds
  bool stopping_ = false;
  bool takes_turns_ = false;
  bool gives_way_ = false;        ///< until the pause is over
  Listener* listener_ = nullptr;  ///< null: none, or never any more
  Watch* incoming_ = nullptr;
  Watch* resting_ = nullptr;
  Watch* stop_ = nullptr;
  uv_timer_t pause_;  ///< runs while the loop looks away from resting_
  uv_timer_t pulse_;  ///< shows that the loop lives, to whoever supervises it
};

}  // namespace bench
