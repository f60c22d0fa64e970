// Server: the connections that a model serves, and when it must stop.
//
// What a batch is to Model::run(), a server is to Model::serve(): it owns the
// listening socket, makes the job of each connection, and says when to end.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/batch.h"
#include "harness/core/gate.h"
#include "harness/core/job.h"
#include "harness/core/processes.h"
#include "harness/core/service.h"
#include "harness/core/supervisor.h"
#include "harness/core/worker_counts.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/fd.h"
#include "harness/posix/shared_array.h"

namespace bench {

/// What a server gets from whoever hosts it.
struct Hosting {
  /// Sockets that listen on one port and do not block; which it takes over. One
  /// is enough unless ModelInfo::own_listeners.
  std::vector<Fd> listeners = {};
  /// Called once, by the process that made the server, when all workers are
  /// ready.
  std::function<void()> ready = {};
  /// Memory for the counts, which others may read: Server::seats() of them. -1:
  /// nobody else does.
  int counts = -1;
  /// Whether a worker process that dies is replaced. Else it stops the server:
  /// who measures wants to know.
  bool restarts = false;
  /// Jobs that may wait for a process to do them; who comes then is refused.
  std::size_t most_waiting = SIZE_MAX;
  /// How long a worker's loop may show no life before it is aborted.
  std::chrono::nanoseconds health = std::chrono::seconds(5);
  /// How long a worker that is replaced may take for its last answers.
  std::chrono::nanoseconds grace = std::chrono::seconds(5);
};

/// Created before the first fork; then used by all workers at once: every
/// member is safe for that where nothing else is said.
class Server {
 public:
  /// Makes the job of a connection, in the protocol of its clients. `stopping`:
  /// true once the server must stop. It counts its answers.
  using Connect = std::function<std::unique_ptr<Job>(
      const std::atomic<bool>& stopping, Crowded crowded,
      WorkerCounts& counts)>;

  /// `work_command` makes the argument list that does some work in a new
  /// process of our own binary, which writes a WorkResult to stdout as it is.
  /// Throws std::system_error.
  Server(const Service& service, Connect connect, Resources resources,
         Hosting hosting,
         std::function<std::vector<std::string>(const Work&)> work_command);
  ~Server();

  const Resources& resources() const { return resources_; }
  std::uint32_t workers() const { return resources_.workers; }
  const Service& service() const { return service_; }

  /// The listening socket that all workers share or, with
  /// ModelInfo::own_listeners, that of one of them (SO_REUSEPORT).
  Listener& listener(std::uint32_t worker = 0) {
    return listeners_[worker % listeners_.size()];
  }

  /// Says that this process takes connections from `listener`: the signal that
  /// stops the server ends the listener at once, whatever the process is busy
  /// with.
  Listener& take_from(Listener& listener) {
    door_.store(&listener);
    return listener;
  }
  /// A blocking worker's way to do that; it reads messages while it waits.
  Acceptor acceptor();

  /// Connections that were accepted and are not over, where a model counts
  /// them.
  std::atomic<std::uint32_t>& connections() { return connections_[0]; }

  /// True once in a millisecond, for one of the workers: it may look whether
  /// somebody waits at the door. Each look is a system call.
  bool look_is_due();

  /// Makes the job of a new connection, which the calling worker will drive.
  std::unique_ptr<Job> connection(Crowded crowded = {}) const;

  /// Of the calling thread; of nobody's if it has not entered.
  WorkerCounts& counts() const { return own_counts(); }
  /// Of all who have entered; what is left of the array is of nobody.
  const SharedArray<WorkerCounts>& all_counts() const { return counts_; }
  std::size_t most_waiting() const { return hosting_.most_waiting; }
  /// As many as a server with so many workers has.
  static std::size_t seats(std::uint32_t workers) {
    return 2 * workers + 1;  // and processes that hold them
  }
  /// Whether loops show that they live.
  bool watched() const { return hosting_.restarts; }
  /// The calling thread has a loop, or has it no more, that will show that it
  /// lives; from enter() on it is expected to.
  static void promise_pulse(bool promised);
  /// True if the calling worker has clearly more connections than another one
  /// that takes them from the same listener.
  bool ahead() const;

  std::vector<std::string> work_command(const Work& work) const {
    return work_command_(work);
  }

  /// Waits until all threads and processes of the model are ready, after the
  /// caller has prepared what a worker must own.
  void enter();
  /// For workers that never enter (threads of a library's own pool).
  void prepare_worker();
  Gate& gate() { return gate_[0]; }

  /// Readable once this process must stop, and for ever after.
  int stop_fd() const { return stop_fd_.get(); }
  bool stopping() const { return stopping_.load(std::memory_order_acquire); }
  /// Asks all workers of this process to stop: no new connections, idle ones
  /// are closed, the others get an answer to what they have asked. Safe in a
  /// signal handler. With Hosting::restarts newcomers are left to a successor
  /// that listens to the same sockets.
  void stop() noexcept;
  /// The same in this process and in all of `workers`: one that blocks would
  /// not look, so each gets a signal.
  void stop(const Processes& workers) noexcept;
  /// There will be no successor: stop() ends the sockets, too.
  /// REQUIRES: the caller is the process that made the server.
  void expect_nobody() noexcept { leaving_[0].store(false); }
  bool is_made_by(pid_t process) const { return process == maker_; }
  /// For a process that was just forked: what it was forked from does not stop
  /// with it.
  void stop_alone() noexcept;

  /// Keeps `workers` as many as they are, for a main process whose children
  /// have the connections. If one ends and is not to be replaced (unless
  /// Hosting::restarts), the server must stop.
  Supervisor supervise(Processes& workers);
  /// The same until somebody stops the server or it must stop; then asks all
  /// children to.
  void wait_for_stop(Processes& workers);

 private:
  void tell_stop() noexcept;

  const Service& service_;
  const Connect connect_;
  const Resources resources_;
  Hosting hosting_;
  SharedArray<std::atomic<bool>> leaving_;  ///< the sockets to a successor
  std::deque<Listener> listeners_;
  std::atomic<Listener*> door_{nullptr};  ///< of this process
  const std::function<std::vector<std::string>(const Work&)> work_command_;
  Fd stop_fd_;
  std::atomic<pid_t> stops_;  ///< the process whose stop stop_fd_ tells
  std::atomic<bool> stopping_{false};
  SharedArray<std::atomic<std::uint32_t>> connections_;
  SharedArray<std::atomic<std::int64_t>> next_look_;  ///< now_ns()
  SharedArray<Gate> gate_;
  SharedArray<WorkerCounts> counts_;
  const Fd entered_fd_;  ///< readable if somebody entered when all were in
  const pid_t maker_;
};

/// Signals that come within this time are one stop.
constexpr std::chrono::nanoseconds kSameStop = std::chrono::milliseconds(100);

/// From now on SIGTERM and SIGINT stop `server`, SIGUSR2 too: in this process
/// and in those that it forks, each of which stops alone. SIGHUP is not for it.
/// There is a successor unless whoever started the server says SIGTERM or
/// SIGINT. Whoever sends them to every process of a service means one stop:
/// only a second one that comes kSameStop later, and not from the parent, who
/// passes on what it got itself, ends the process at once, with 1.
void stop_on_signals(Server& server);

}  // namespace bench
