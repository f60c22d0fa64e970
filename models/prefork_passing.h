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
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "harness/core/model.h"
#include "harness/core/processes.h"
#include "harness/core/supervisor.h"
#include "harness/core/worker_counts.h"
#include "harness/drive/loop_server.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/channel.h"
#include "harness/posix/clock.h"
#include "harness/posix/poll.h"

namespace bench {

/// What the parent knows of one worker.
struct Slot {
  std::uint32_t place;         ///< of the worker
  const WorkerCounts* counts;  ///< what the worker itself tells
  std::uint32_t passed;        ///< connections that it has been given

  /// Connections that are under way to it.
  std::uint32_t untaken() const { return passed - counts->connections; }
  /// Connections that it has. LESSON: what the worker tells is late by those
  /// that are under way to it. So the parent counts what it gives, and takes
  /// only from the worker how many are over.
  std::uint32_t open() const { return untaken() + counts->open; }
};

/// What a policy knows when a connection comes: a slot for each worker that can
/// take it, and how many connections came before.
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
        [&](std::uint32_t, Channel& channel) {
          unpassed_.clear();  // those are the parent's
          attend(server, channel);
        },
        Processes::Theirs::kept);
    Acceptor acceptor = server.acceptor();
    server.enter();
    Supervisor supervisor = server.supervise(workers);
    const auto look = [&] {
      if (!supervisor.turn()) server.stop();
      see_who_serves(server, workers, supervisor);
      pass(workers);
    };
    acceptor.when_readable(supervisor.fd(), look);
    look();
    for (bool more = true; more;) {
      std::optional<Fd> connection = acceptor.accept();
      more = connection.has_value();
      if (more) unpassed_.push_back(std::move(*connection));
      // However many clients come, those who serve them are looked after.
      if (slots_.turn % kLook == 0 && is_readable(supervisor.fd())) look();
      while (!pass(workers) && !(server.stopping() && nobody())) {
        sleep_for(kFullPause);
        look();
      }
    }
    WorkerCounts::add(server.counts().rejected, unpassed_.size());
    unpassed_.clear();
    server.stop(workers);
    workers.hang_up();
    workers.join();
  }

 private:
  /// How long to wait when nobody can take a connection.
  static constexpr std::chrono::milliseconds kFullPause{1};
  /// Connections that may be under way to a worker: more wait only for one that
  /// hangs, or is busy with one request for long.
  static constexpr std::uint32_t kMostUntaken = 128;
  /// After how many connections to look at the workers.
  static constexpr std::uint64_t kLook = 64;

  /// Passes on all that wait for that; false if nobody can take them now.
  bool pass(Processes& workers) {
    std::erase_if(full_, [&](const Slot& slot) {
      if (slot.untaken() > kMostUntaken / 2) return false;
      slots_.push_back(slot);
      return true;
    });
    while (!unpassed_.empty() && !slots_.empty()) {
      const std::size_t chosen = choose_(slots_);
      Slot& slot = slots_[chosen];
      // LESSON: the connection is a message like any other; its socket travels
      // with it and is closed here. Whoever sends must not wait for one worker:
      // the others' clients would wait, too. So who is full is passed over.
      if (slot.untaken() < kMostUntaken &&
          workers.channel(slot.place)
                  .send_descriptor(unpassed_.front().get()) ==
              Channel::Sent::yes) {
        ++slot.passed;
        ++slots_.turn;
        unpassed_.pop_front();
      } else {
        full_.push_back(slot);
        slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(chosen));
      }
    }
    return unpassed_.empty();
  }
  bool nobody() const { return slots_.empty() && full_.empty(); }

  /// Gives a slot to who has come, and takes it from who serves no more.
  void see_who_serves(const Server& server, Processes& workers,
                      const Supervisor& supervisor) {
    takes_.resize(workers.size());
    for (std::uint32_t place = 0; place < workers.size(); ++place) {
      const bool serves = supervisor.serves(place);
      if (serves == takes_[place]) continue;
      takes_[place] = serves;
      if (serves) {
        const pid_t pid = workers.children()[place].pid();
        const WorkerCounts* const counts =
            std::find_if(server.all_counts().begin(), server.all_counts().end(),
                         [&](const auto& one) { return one.process == pid; });
        slots_.push_back({place, counts, counts->connections});
      } else {
        const auto its = [&](const Slot& slot) { return slot.place == place; };
        std::erase_if(slots_, its);
        std::erase_if(full_, its);
        take_back(workers.other_end(place));
      }
    }
  }

  /// LESSON: a message that was sent and not received lies in the kernel as
  /// long as anybody has the other end of the socket, so here, too. What a
  /// worker had not taken when it died is lost to nobody.
  void take_back(Channel& its) {
    Fd connection;
    while (its.receive_descriptor(connection) == Channel::Received::yes) {
      if (connection) unpassed_.push_back(std::move(connection));
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
      if (channel.receive_descriptor(connection) == Channel::Received::gone) {
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
  Slots slots_;
  std::vector<Slot> full_;   ///< of those who can take no connection now
  std::vector<bool> takes_;  ///< who has a slot, by place
  std::deque<Fd> unpassed_;  ///< connections that are nobody's yet
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
