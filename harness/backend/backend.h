// Backend: a process of ours that jobs wait for.
//
// It answers each request (harness/backend/exchange.h) on 127.0.0.1 after the
// wait that the request asks for. The single-threaded orchestrator owns it and
// starts one for each repetition. Its figures live in memory that the two
// share, so a backend that was killed leaves them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/backend/lateness.h"

namespace bench {

/// What a backend has done from its start to one moment. The difference of two
/// readings is what it did in between.
struct BackendFigures {
  /// Of each of its processes, start-up included.
  std::vector<double> cpu_seconds_each;
  std::uint64_t connections = 0;  ///< accepted
  Lateness lateness;              ///< of each answer's first bytes: sent - due

  double cpu_seconds() const;
  /// Of the process that had the most to do.
  double busiest_cpu_seconds() const;
  std::uint64_t answered() const { return lateness.total(); }
  /// Up to 3 % too long; empty without an answer.
  std::optional<double> late_p99_seconds() const {
    return lateness.quantile_seconds(0.99);
  }

  BackendFigures& operator-=(const BackendFigures& before);
};

/// One thread, the one that started it, uses it at a time.
class Backend {
 public:
  /// Becomes the backend in the forked child; what it returns is the exit
  /// code. The words are those of run_backend().
  using Body = std::function<int(const std::vector<std::string>&)>;

  /// Starts a backend that holds `most_requests` at once, bound to `cpus` (or,
  /// if there are none, where the caller may run), in a process group of its
  /// own; returns when it listens. It has a process for two `cores` of those
  /// who ask, so that of three CPUs one is the backend's, but not more than
  /// `cpus`; and more where those may not open files enough. Throws
  /// std::runtime_error with its last words if it dies before that or needs
  /// more than 10 s. REQUIRES: the process has one thread. It becomes the
  /// subreaper of its descendants, so that no process of the backend can get
  /// lost.
  static Backend start(const std::vector<int>& cpus,
                       std::uint32_t most_requests, int cores = 1,
                       const Body& body = become_this_binary);

  Backend(Backend&&) noexcept;
  Backend& operator=(Backend&&) noexcept;
  /// Kills and reaps all its processes.
  ~Backend();

  std::uint16_t port() const;
  /// Its process, and the id of its process group.
  pid_t pid() const;
  /// All processes that answer: pid() is the first.
  std::vector<pid_t> processes() const;

  BackendFigures figures() const;

  /// How it ended: "was killed by SIGKILL", with its last words if it had any;
  /// empty while it lives.
  std::optional<std::string> death() const;
  /// Returns when it has ended, or after so many seconds.
  void wait_for_end(double seconds) const;

 private:
  struct Process;
  explicit Backend(std::unique_ptr<Process> process);
  static int become_this_binary(const std::vector<std::string>& words);

  std::unique_ptr<Process> process_;
};

/// What main calls for the words {"__backend", most requests, processes,
/// descriptor to write the port to, descriptor of the shared figures}. Serves
/// until it is killed; returns an exit code, after a sentence on stderr, if it
/// cannot.
int run_backend(const std::vector<std::string>& words);

}  // namespace bench
