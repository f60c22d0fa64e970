// HostedServer: a server beside us, ours or somebody else's.
//
// The single-threaded orchestrator starts one for each repetition and for
// ./bench serve; it is a process group of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/model.h"
#include "harness/posix/temporary_folder.h"
#include "harness/repetition/serve.h"
#include "harness/system/process_group.h"

namespace bench {

/// What a server's worker did, from its start to its end.
struct WorkerAccount {
  pid_t thread = 0;
  std::uint32_t connections = 0;
  std::uint64_t requests = 0;
};

/// Starts a model's server, which listens on `listeners` beside us and counts
/// in `counts`. It says its port when all its workers are ready, and shows what
/// `board` has, a Bulletin, unless there is none. Throws std::system_error.
Starting begin_serving(ServeOrder order, const std::vector<Fd>& listeners,
                       const Fd& counts, const Fd& board,
                       const std::string& program = kThisBinary);

/// Listening sockets for such a server: one, or one for each worker of a model
/// that wants that. Throws std::system_error.
std::vector<Fd> listeners_for(std::uint16_t port, const ModelInfo& model,
                              std::uint32_t workers);

/// How a server ended that was asked to.
struct ServerEnd {
  bool in_time = false;  ///< false: it must be killed
  std::string how;       ///< "exited with 0"
  bool clean() const { return in_time && how == "exited with 0"; }
};

/// One thread, the one that started it, uses it at a time.
class HostedServer {
 public:
  /// Starts a model's server; returns when all its workers are ready. Throws
  /// std::runtime_error, "the server was killed by
  /// ..." with its last words, if it dies before that or needs more than 10 s.
  /// REQUIRES: the process has one thread.
  static HostedServer start(const ServeOrder& order);

  /// The same under a supervisor, which keeps it running: SIGHUP makes that
  /// replace it. [run_supervisor()]
  static HostedServer start_supervised(const ServeOrder& order);
  /// The same where the program is a copy of this one, and another copy lies
  /// beside it. [program(), next_program()]
  static HostedServer start_supervised_copy(const ServeOrder& order);

  /// Makes the words of another program's server for a free port, the first
  /// one a path; may put files into an empty folder that lives as long as it.
  using Command = std::function<std::vector<std::string>(
      std::uint16_t port, const std::string& folder)>;
  /// Starts another program on `cpus`; returns when it takes connections on
  /// the port. Throws as start() does. It dies with this process, and all that
  /// it has started with it.
  static HostedServer start_command(const std::string& name,
                                    const std::vector<int>& cpus,
                                    const Command& command);

  std::uint16_t port() const { return listening_.port; }
  std::string program() const { return folder_->path() + "/bench"; }
  std::string next_program() const { return folder_->path() + "/next"; }
  /// Its process, and the id of its process group.
  pid_t pid() const { return group().pid(); }
  /// Children of ours that run_isolated() must spare.
  std::vector<pid_t> processes() const;
  const ProcessGroup& group() const { return listening_.group; }

  /// How it ended; empty while it lives.
  std::optional<std::string> death() const { return group().death(); }

  /// Asks it to stop: SIGTERM, to the whole group if it is no model's.
  void ask_to_stop() const;
  /// Asks, and waits for `grace` and half a second more.
  ServerEnd stop(std::chrono::nanoseconds grace) const;
  /// What each of its workers has done; empty of another program, and if the
  /// workers are no fixed set.
  std::vector<WorkerAccount> account() const;

  /// Kills what is left; what all its processes have consumed.
  Usage end() { return listening_.group.end(); }

 private:
  explicit HostedServer(Listening listening)
      : listening_(std::move(listening)) {}

  Fd counts_;                              ///< memory of WorkerCounts
  std::size_t seats_ = 0;                  ///< so many
  std::optional<TemporaryFolder> folder_;  ///< of another program, or copies
  Listening listening_;
  std::optional<Child> guard_;  ///< of another program's group
};

/// What main calls for the words {"__supervise", order, descriptor to write the
/// port to}: ./bench serve for a run, on a port that is free. Throws as run()
/// does.
int run_supervisor(const std::vector<std::string>& words);

/// From the stop of a server to the end of its last connection.
constexpr std::chrono::seconds kGrace{5};
/// The same where something was done to it, so that it may never end.
constexpr std::chrono::milliseconds kFaultGrace{200};
/// What is added to the grace that a server has before it is killed.
constexpr std::chrono::milliseconds kAfterGrace{500};

}  // namespace bench
