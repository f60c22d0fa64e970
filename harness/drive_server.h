// The blocking way to drive a connection: a worker has it until it is over.
//
// Its mirror is harness/loop_server.h.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "harness/drive.h"
#include "harness/posix/acceptor.h"
#include "harness/server.h"

namespace bench {

/// More connections than workers: others wait for whoever has one. They do so
/// in the model's own queue, or at the door of `acceptor`.
class Crowd : public Queue {
 public:
  Crowd(Server& server, const Acceptor& acceptor)
      : server_(server), acceptor_(acceptor) {}
  bool crowded() const noexcept override {
    const std::uint32_t count = server_.connections();
    return count > server_.workers() ||
           (count == server_.workers() && acceptor_.crowded());
  }

 private:
  Server& server_;
  const Acceptor& acceptor_;
};

/// Drives a connection, which server.connections() counts already, to its end
/// on the calling thread.
inline void serve_blocking(Server& server, Fd connection, const Queue& queue) {
  const std::unique_ptr<Job> job = server.connection(&queue);
  drive_blocking(*job, Stream(std::move(connection), server.stop_fd(),
                              [&queue] { return queue.crowded(); }));
  server.connections().fetch_sub(1);
}

/// Takes one connection after the other from the shared socket until the
/// server stops.
inline void serve_all_blocking(Server& server, Acceptor& acceptor) {
  const Crowd crowd(server, acceptor);
  while (std::optional<Fd> connection = acceptor.accept()) {
    server.connections().fetch_add(1);
    serve_blocking(server, std::move(*connection), crowd);
  }
}

}  // namespace bench
