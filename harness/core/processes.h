// Processes: the processes of a model, which end with their owner.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/gate.h"
#include "harness/posix/channel.h"
#include "harness/posix/child.h"

namespace bench {

/// Forks `count` processes that run `body(worker)`, and for which the gate
/// waits. If one of them cannot be forked, or the owner goes before join(), the
/// others are killed. Its twin with threads is harness/core/crew.h.
///
/// LESSON: all processes are forked before any thread, loop or pool exists.
/// Those hold locks and descriptors that do not survive a fork.
class Processes {
 public:
  /// Throws std::system_error if a process cannot be forked.
  /// REQUIRES: the process has one thread, here and below.
  Processes(Gate& gate, std::uint32_t count,
            const std::function<void(std::uint32_t)>& body);

  /// The same with a channel to each: `body` gets one end, channel() the other.
  Processes(Gate& gate, std::uint32_t count,
            const std::function<void(std::uint32_t, Channel&)>& body);

  /// Starts another process as worker `worker`: in place of one that has been
  /// reaped, or, if it is size(), beside all of them, as if it were one that it
  /// will outlive.
  /// REQUIRES: they have no channels.
  void start(std::uint32_t worker);

  const std::vector<Child>& children() const { return children_; }
  /// Waits for the end of one worker; its status of waitpid(2).
  int reap(std::uint32_t worker) { return children_[worker].wait(); }
  std::uint32_t size() const {
    return static_cast<std::uint32_t>(children_.size());
  }
  Channel& channel(std::uint32_t worker) { return channels_[worker]; }

  /// Closes all channels: whoever receives from one finds its end.
  void hang_up() { channels_.clear(); }

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

  /// A worker that runs `body`.
  Child fork(std::uint32_t worker, const std::function<void()>& body) const;

  std::uint32_t count_ = 0;  ///< as many as there should be
  std::function<void(std::uint32_t)> body_;

  std::vector<Channel> channels_;
  std::vector<Child> children_;
};

}  // namespace bench
