// Server: the connections that a model serves, and when it must stop.
//
// What a batch is to Model::run(), a server is to Model::serve(): it owns the
// listening socket, makes the job of each connection, and says when to end.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/batch.h"
#include "harness/gate.h"
#include "harness/http/limits.h"
#include "harness/job.h"
#include "harness/posix/child.h"
#include "harness/posix/fd.h"
#include "harness/posix/shared_array.h"
#include "harness/service.h"

namespace bench {

/// Created before the first fork; then used by all workers at once: every
/// member is safe for that where nothing else is said.
class Server {
 public:
  /// Takes the listening socket `listener` over: non-blocking, on `port`.
  /// `ready` is called once, by the process that made the server, when all
  /// workers are ready. Throws std::system_error.
  /// `work_command` makes the argument list that does some work in a new
  /// process of our own binary, which writes the Answer to stdout as it is and
  /// exits with the errno value of its failure.
  Server(const Service& service, const HttpLimits& limits, Resources resources,
         Fd listener, std::function<void()> ready,
         std::function<std::vector<std::string>(const Work&)> work_command);

  const Resources& resources() const { return resources_; }
  std::uint32_t workers() const { return resources_.workers; }
  const Service& service() const { return service_; }
  std::chrono::nanoseconds grace() const { return limits_.grace; }

  /// The listening socket that all workers share.
  int listener() const { return listener_.get(); }
  /// Another one on the same port, for a worker of its own (SO_REUSEPORT).
  /// REQUIRES: listener() was made to be shared so. Throws std::system_error.
  Fd another_listener() const;

  /// Connections that were accepted and are not over, where a model counts
  /// them.
  std::atomic<std::uint32_t>& connections() { return connections_[0]; }

  /// Makes the job of a new connection. `queue`: who waits behind it, if that
  /// matters; it must live as long as the job.
  std::unique_ptr<Job> connection(const Queue* queue = nullptr) const noexcept;

  std::vector<std::string> work_command(const Work& work) const {
    return work_command_(work);
  }

  /// Waits until all `parties` threads and processes of the model are ready,
  /// after the caller has prepared what a worker must own.
  void enter(std::uint32_t parties);
  /// For threads that never enter (a library's own pool).
  void prepare_worker() { service_.prepare_worker(); }
  Gate& gate() { return gate_[0]; }

  /// Readable in all processes once the server must stop, and for ever after.
  int stop_fd() const { return stop_fd_.get(); }
  bool stopping() const { return stopping_[0].load(std::memory_order_acquire); }
  /// Asks all workers to stop: no new connections, idle ones are closed, the
  /// others get an answer to what they have asked. Safe in a signal handler.
  void stop() noexcept;

  /// For a main process whose children do the work: sleeps until somebody
  /// stops the server or a child ends, which stops it too.
  void wait_for_stop(const std::vector<Child>& children);

 private:
  const Service& service_;
  const HttpLimits limits_;
  const Resources resources_;
  const Fd listener_;
  const std::function<void()> ready_;
  const std::function<std::vector<std::string>(const Work&)> work_command_;
  const Fd stop_fd_;
  SharedArray<std::atomic<bool>> stopping_;
  SharedArray<std::atomic<std::uint32_t>> connections_;
  SharedArray<Gate> gate_;
  const pid_t maker_;
};

}  // namespace bench
