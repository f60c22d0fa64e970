// Supervision: which processes of a service must start, drain and die.
//
// A pure state machine in the spirit of Job: events go in, actions come out,
// and time is what the caller says. It knows no process, signal or clock, so
// back-off, reloads and giving up are tested without any of them. Whoever
// carries its actions out tells it what became of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace bench {

/// A generation never has more than one process above its number, the dying
/// included. One thread uses it at a time.
class Supervision {
 public:
  /// Since any moment that stays the same.
  using Time = std::chrono::nanoseconds;
  /// Of a process; never used twice.
  using Id = std::uint64_t;

  struct Rules {
    std::uint32_t workers = 1;              ///< that each generation has
    Time start = std::chrono::seconds(10);  ///< patience until one is ready
    Time grace = std::chrono::seconds(5);   ///< from drain to kill
    /// Who has shown life once and then not for so long is aborted, and killed
    /// `trace` later. It may compute in between, but not for longer.
    Time health = std::chrono::seconds(5);
    Time trace = std::chrono::seconds(1);
    /// Whoever dies before it is ready is tried again after `first`, then twice
    /// as long each time up to `longest`. After so many in a row nobody is.
    Time first = std::chrono::milliseconds(100);
    Time longest = std::chrono::seconds(5);
    int tries = 5;
    /// Who dies sooner after it was ready has not lived. After so many in a row
    /// that have not, each next one waits for `first`, but without an end: what
    /// kills them may come from a client.
    Time life = std::chrono::milliseconds(100);
    int at_once = 3;
  };

  enum class Kind {
    spawn,          ///< start process `id` of `generation`
    drain,          ///< ask it to finish what it has
    abort,          ///< end it in a way that leaves a trace: SIGABRT
    kill,           ///< end it at once
    reload_failed,  ///< `generation` will not come; the old one stays
    give_up,        ///< nobody is started any more
  };
  struct Action {
    Kind kind;
    Id id;
    std::uint32_t generation;
    bool operator==(const Action&) const = default;
  };
  using Actions = std::vector<Action>;

  /// REQUIRES: rules.workers and rules.tries are not 0.
  explicit Supervision(const Rules& rules) : rules_(rules) {}

  // Events. Each returns what must be done now, in this order.

  Actions start(Time now) { return settle(now); }
  /// A process that was spawned can serve.
  Actions ready(Id id, Time now);
  /// It shows that it lives.
  void alive(Id id, Time now);
  /// It serves and is to be followed by another one, which is started and ready
  /// before it drains; until then it serves on, however often that fails. One
  /// at a time: of a second one nothing follows, so say it again.
  Actions worn(Id id, Time now);
  /// A process has ended, for whatever reason. Of one that is not ours (any
  /// more) nothing follows.
  Actions ended(Id id, Time now);
  /// Everybody is to be replaced: a new generation is started and, once all of
  /// it is ready, the old one drains. What comes meanwhile is one more reload.
  Actions reload(Time now);
  /// All are to drain; the second time, to die.
  Actions terminate(Time now);
  /// Time has passed; due at next().
  Actions tick(Time now) { return settle(now); }

  /// When to call tick(); empty if only an event can change anything.
  std::optional<Time> next() const;

  /// True once nobody is left and nobody will come.
  bool over() const { return terminations_ > 0 && members_.empty(); }
  bool gave_up() const { return gave_up_; }
  /// True if all that serve are of one generation, as many as there should be,
  /// and nobody else is there.
  bool settled() const;

  struct Member {
    Id id;
    std::uint32_t generation;
    enum class State { starting, serving, draining, aborted, dying } state;
    Time since;                      ///< it is in that state
    bool never_ready = true;         ///< it has not served
    bool worn = false;               ///< another is to take its place
    std::optional<Time> heard = {};  ///< the last sign of life
  };
  const std::vector<Member>& members() const { return members_; }
  /// Null if there is none such (any more).
  const Member* member(Id id) const;

 private:
  using State = Member::State;

  Actions settle(Time now);
  void fill(std::uint32_t generation, Time now, Actions& actions);
  void retire(std::uint32_t generation, Time now, Actions& actions);
  void drain(Member& member, Time now, Actions& actions);
  void kill(Member& member, Time now, Actions& actions);
  void lose_patience(Member& member, Time now, Actions& actions);
  void blame(const Member& member, Time now, Actions& actions);
  void pause(int times, Time now);
  std::uint32_t count_serving(std::uint32_t generation) const;
  bool has_room(std::uint32_t generation) const;
  static bool is_late(const Member& member) {
    return member.state == State::dying && member.never_ready;
  }
  /// When its patience with the member ends; empty: never.
  std::optional<Time> deadline(const Member& member) const;

  const Rules rules_;
  std::vector<Member> members_;
  Id last_id_ = 0;
  std::uint32_t serving_ = 1;  ///< the generation that should
  std::uint32_t coming_ = 0;   ///< the one that will replace it; 0: none
  std::uint32_t last_generation_ = 1;
  bool reload_again_ = false;
  int terminations_ = 0;
  bool gave_up_ = false;
  int failed_starts_ = 0;          ///< in a row
  int short_lives_ = 0;            ///< in a row
  Time not_before_ = Time::min();  ///< the next spawn
};

}  // namespace bench
