// Processes: the processes of a model, which end with their owner.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/gate.h"
#include "harness/posix/channel.h"
#include "harness/posix/child.h"

namespace bench {

/// Forks `count` processes that run `body(worker)`, and for which the gate
/// waits. If one of them cannot be forked, or the owner goes before join(), the
/// others are killed. If there is a Star each has a line to its parent. Its
/// twin with threads is harness/core/crew.h.
///
/// LESSON: all processes are forked before any thread, loop or pool exists.
/// Those hold locks and descriptors that do not survive a fork.
class Processes {
 public:
  /// Throws std::system_error if a process cannot be forked.
  /// REQUIRES: the process has one thread, here and below.
  Processes(Gate& gate, std::uint32_t count,
            const std::function<void(std::uint32_t)>& body);

  /// Until when the end of a channel that a worker has is open here, too.
  enum class Theirs {
    closed,  ///< at once: who receives from channel() finds the worker's end
    kept,    ///< what a worker has not received is there for who follows it
  };
  /// The same with a channel to each: `body` gets one end, channel() the other.
  Processes(Gate& gate, std::uint32_t count,
            const std::function<void(std::uint32_t, Channel&)>& body,
            Theirs theirs = Theirs::closed);

  /// Starts another process as worker `worker`: in the place of one that has
  /// been reaped, whose channel it gets unless that was hung up; or, if the
  /// place is size(), beside all of them.
  /// REQUIRES: channels have their other ends kept, if there are any.
  void start(std::uint32_t place, std::uint32_t worker);

  const std::vector<Child>& children() const { return children_; }
  /// Waits for the end of the worker in a place; its status of waitpid(2).
  int reap(std::uint32_t place);
  std::uint32_t size() const {
    return static_cast<std::uint32_t>(children_.size());
  }
  Channel& channel(std::uint32_t place) { return lines_[place].ours; }
  /// The end that the worker has. REQUIRES: Theirs::kept.
  Channel& other_end(std::uint32_t place) { return lines_[place].theirs; }

  /// Closes a channel, if there is one, or all: whoever receives from one finds
  /// its end.
  void hang_up(std::uint32_t place) { lines_[place].ours.close(); }
  void hang_up() { lines_.clear(); }

  /// Waits for the end of one worker, or of all; throws std::runtime_error, "a
  /// worker process was killed by SIGSEGV", unless they exited with 0.
  void join(std::uint32_t worker) { children_[worker].join(kName); }
  void join() {
    for (Child& child : children_) {
      if (child.pid() > 0) child.join(kName);
    }
  }

 private:
  static constexpr const char* kName = "a worker process";

  struct Line {
    Channel ours{Fd()};
    Channel theirs{Fd()};
  };

  Processes(Gate& gate, std::uint32_t count,
            std::function<void(std::uint32_t, Channel&)> body,
            std::optional<Theirs> theirs);

  const std::uint32_t count_;  ///< as many as there should be
  const std::function<void(std::uint32_t, Channel&)> body_;
  const std::optional<Theirs> theirs_;  ///< empty: there are no channels
  std::vector<Line> lines_;
  std::vector<Child> children_;
};

}  // namespace bench
