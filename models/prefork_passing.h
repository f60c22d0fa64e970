// Passing: the parent accepts and passes each connection to a process.
//
// Who runs a job?   Any of W processes, each on a loop of its own.
// Who waits?        Nobody, as in prefork; clients wait for the parent.
// What is shared?   The parent's accept, and each worker's counts.
// What does it cost?  A message per connection, with the socket in it.
// Read before: prefork.cpp. Read next: prefork_round_robin.cpp,
// prefork_least_loaded.cpp and prefork_power_of_two.cpp, which say who gets the
// next one, each by one function: its policy.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "harness/core/model.h"
#include "harness/core/processes.h"
#include "harness/core/worker_counts.h"
#include "harness/drive/loop_server.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/channel.h"
#include "harness/posix/clock.h"

namespace bench {

/// What the parent knows of one worker.
struct Slot {
  const WorkerCounts* counts;  ///< what the worker itself tells
  std::uint32_t passed = 0;    ///< connections that it has been given

  /// Connections that it has. LESSON: what the worker tells is late by those
  /// that are under way to it. So the parent counts what it gives, and takes
  /// only from the worker how many are over.
  std::uint32_t open() const {
    const std::uint32_t ever = counts->connections;
    return passed - (ever - counts->open);
  }
};

/// What a policy knows when a connection comes: a slot per worker, and how many
/// connections came before.
struct Slots : std::vector<Slot> {
  std::uint64_t turn = 0;
};

/// Says which of the slots gets the connection: a number below their size.
using Policy = std::size_t (*)(const Slots& slots);

class Passing : public Model {
 public:
  explicit Passing(Policy choose) : choose_(choose) {}

  void serve(Server& server) override {
    Processes workers(
        server.gate(), server.workers(),
        [&](std::uint32_t, Channel& channel) { attend(server, channel); });
    Acceptor acceptor = server.acceptor();
    for (std::uint32_t w = 0; w < workers.size(); ++w) {
      // A worker never says anything: what can be read is its end.
      acceptor.when_readable(workers.channel(w).fd(), [&] { server.stop(); });
    }
    server.enter();
    Slots slots = slots_of(server, workers);
    while (std::optional<Fd> connection = acceptor.accept()) {
      pass(*connection, workers, slots);
    }
    server.stop();  // a child that hung up is found by whoever joins it
    workers.hang_up();
    workers.join();
  }

 private:
  /// How long to wait when nobody can take a connection.
  static constexpr std::chrono::milliseconds kFullPause{1};

  /// REQUIRES: all workers have entered.
  static Slots slots_of(const Server& server, const Processes& workers) {
    Slots slots;
    for (const Child& child : workers.children()) {
      slots.push_back({std::find_if(
          server.all_counts().begin(), server.all_counts().end(),
          [&](const auto& one) { return one.process == child.pid(); })});
    }
    return slots;
  }

  /// To the worker that is chosen or, if it cannot take one now, to the next
  /// that can. With all of them gone, the connection is closed.
  void pass(const Fd& connection, Processes& workers, Slots& slots) const {
    const std::size_t chosen = choose_(slots);
    ++slots.turn;
    for (bool somebody = true; somebody; sleep_for(kFullPause)) {
      somebody = false;
      for (std::size_t i = 0; i < slots.size(); ++i) {
        const std::size_t w = (chosen + i) % slots.size();
        // LESSON: the connection is a message like any other; its socket
        // travels with it and is closed here. Whoever sends must not wait for
        // one worker: the others' clients would wait, too.
        const Channel::Sent sent =
            workers.channel(static_cast<std::uint32_t>(w))
                .send_descriptor(connection.get());
        if (sent == Channel::Sent::yes) {
          ++slots[w].passed;
          return;
        }
        if (sent == Channel::Sent::full) somebody = true;
      }
    }
  }

  static void attend(Server& server, Channel& channel) {
    ServerLoop loop(server);
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

  const Policy choose_;
};

/// Of a variant that passes connections as `choose` says.
template <Policy choose>
ModelInfo passing(const char* variant, const char* summary,
                  const char* handout) {
  return {.id = "prefork",
          .variant = variant,
          .summary = summary,
          .make = []() -> std::unique_ptr<Model> {
            return std::make_unique<Passing>(choose);
          },
          .unit = ModelInfo::Unit::processes,
          .handout = handout,
          .waits = ModelInfo::Waits::in_loop,
          .runs = false,
          .rank = 4};
}

}  // namespace bench
