// Passing: the parent accepts and passes each connection to a process.
//
// Who runs a job?   Any of W processes, each on a loop of its own.
// Who waits?        Nobody, as in prefork; clients wait for the parent.
// What is shared?   The parent's accept, and a counter per process.
// What does it cost?  A message per connection, with the socket in it.
// Read before: prefork.cpp. Read next: prefork_round_robin.cpp and
// prefork_least_loaded.cpp, which say who gets the next one.
#pragma once

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <utility>

#include "harness/core/model.h"
#include "harness/core/processes.h"
#include "harness/drive/loop_server.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/channel.h"
#include "harness/posix/clock.h"
#include "harness/posix/shared_array.h"

namespace bench {

class Passing : public Model {
 public:
  void serve(Server& server) override {
    Loads loads(server.workers());
    Processes workers(server.gate(), server.workers(),
                      [&](std::uint32_t worker, Channel& channel) {
                        attend(server, channel, loads[worker]);
                      });
    Acceptor acceptor = server.acceptor();
    for (std::uint32_t w = 0; w < workers.size(); ++w) {
      // A worker never says anything: what can be read is its end.
      acceptor.when_readable(workers.channel(w).fd(), [&] { server.stop(); });
    }
    server.enter();
    while (std::optional<Fd> connection = acceptor.accept()) {
      pass(*connection, workers, loads);
    }
    server.stop();  // a child that hung up is found by whoever joins it
    workers.hang_up();
    workers.join();
  }

 protected:
  using Loads = SharedArray<std::atomic<int>>;

  /// The worker that gets the next connection; `loads`: connections of each.
  virtual std::uint32_t choose(const Loads& loads) = 0;

 private:
  /// How long to wait when nobody can take a connection.
  static constexpr std::chrono::milliseconds kFullPause{1};

  /// To the worker that is chosen or, if it cannot take one now, to the next
  /// that can. With all of them gone, the connection is closed.
  void pass(const Fd& connection, Processes& workers, Loads& loads) {
    const std::uint32_t chosen = choose(loads);
    for (bool somebody = true; somebody; sleep_for(kFullPause)) {
      somebody = false;
      for (std::uint32_t i = 0; i < workers.size(); ++i) {
        const std::uint32_t w = (chosen + i) % workers.size();
        loads[w].fetch_add(1, std::memory_order_relaxed);
        // LESSON: the connection is a message like any other; its socket
        // travels with it and is closed here. Whoever sends must not wait for
        // one worker: the others' clients would wait, too.
        const Channel::Sent sent =
            workers.channel(w).send_descriptor(connection.get());
        if (sent == Channel::Sent::yes) return;
        loads[w].fetch_sub(1, std::memory_order_relaxed);
        if (sent == Channel::Sent::full) somebody = true;
      }
    }
  }

  static void attend(Server& server, Channel& channel, std::atomic<int>& load) {
    ServerLoop loop(server);
    loop.when_left([&] { load.fetch_sub(1, std::memory_order_relaxed); });
    // A socket that finds no descriptor is closed by the kernel, and its client
    // is lost. So the place of one is kept free. [unix(7), SCM_RIGHTS]
    Fd place(dup(channel.fd()));
    Loop::Watch* passed = nullptr;
    passed = loop.watch(channel.fd(), [&] {
      if (!place) place = Fd(dup(channel.fd()));
      if (!place) return loop.rest(passed);
      place.reset();
      Fd connection;
      if (!channel.receive_descriptor(connection)) {
        loop.unwatch(passed);  // the parent has no more
        loop.release();
      } else if (connection) {
        loop.adopt(std::move(connection));
      }
      place = Fd(dup(channel.fd()));
    });
    loop.hold();
    server.enter();
    loop.run();
  }
};

/// Of a variant that passes connections.
inline ModelInfo passing(const char* variant, const char* summary,
                         const char* handout,
                         std::unique_ptr<Model> (*make)()) {
  return {.id = "prefork",
          .variant = variant,
          .summary = summary,
          .make = make,
          .unit = ModelInfo::Unit::processes,
          .handout = handout,
          .waits = ModelInfo::Waits::in_loop,
          .runs = false,
          .rank = 4};
}

}  // namespace bench
