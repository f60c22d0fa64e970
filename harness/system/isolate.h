// Isolate: a fresh process for each repetition, and nothing left of it.
#pragma once

#include <string>
#include <vector>

#include "harness/posix/child.h"
#include "harness/system/usage.h"

namespace bench {

/// Turns SIGINT, SIGTERM and SIGHUP into a state that can be asked for. One
/// object lives in the main thread of the orchestrator while it measures.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// True once a signal has come; stays true.
  bool requested();
  /// Becomes readable when a signal has come.
  int fd() const { return fd_; }
  /// Waits for the end of `child` (true) or a signal (false).
  bool wait_for(const Child& child);

  enum class Woken { by_descriptor, by_signal, by_time };
  static constexpr double kForever = 1e18;
  /// Waits until `fd` is readable, another signal comes, or so many seconds
  /// are over.
  Woken wait_for(int fd, double seconds);

 private:
  /// Takes one waiting signal, if there is one.
  bool requested_now();

  int fd_;
  bool requested_ = false;
};

/// How an isolated process ended.
struct Outcome {
  enum class Kind { ended, timed_out, interrupted };
  Kind kind = Kind::ended;
  int status = 0;      ///< of waitpid(2)
  std::string report;  ///< what it wrote to the report descriptor
  std::string output;  ///< the end of what it wrote to stdout and stderr
  double seconds = 0;  ///< from fork to reaped
  Usage usage;         ///< of its whole process tree, start-up included

  /// At most 200 characters of the last line of `output`.
  std::string last_words() const;
  /// `reason`, and the last words unless they are in it: what a process said
  /// before it died explains more than how it died.
  std::string explained(const std::string& reason) const;
};

/// Runs this binary again with `arguments` ("{report}" is replaced by the
/// number of the report descriptor) in a process group of its own, with the
/// descriptors `inherited` (-1 is none); kills the whole tree at the deadline,
/// when an interruption is requested, and in any case at the end. When it
/// returns, no process of the tree is left, not even a zombie. Children of the
/// caller that are `spared`, or in the process group of one that is, are
/// neither killed nor reaped, even if they have ended. REQUIRES: the caller has
/// one thread and no children but those spared.
Outcome run_isolated(const std::vector<std::string>& arguments,
                     const std::vector<int>& inherited, double deadline_seconds,
                     Interruption& interruption,
                     const std::vector<pid_t>& spared = {});

}  // namespace bench
