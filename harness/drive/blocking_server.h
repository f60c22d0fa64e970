// The blocking way to drive a connection: a worker has it until it is over.
//
// Its mirror is harness/drive/loop_server.h.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "harness/core/server.h"
#include "harness/drive/blocking.h"
#include "harness/posix/acceptor.h"

namespace bench {

/// More connections than workers: others wait for whoever has one, in the
/// model's own queue or at the door. Both must outlive what is returned.
inline Crowded crowd_of(Server& server, const Acceptor& acceptor) {
  return [&] {
    const std::uint32_t count = server.connections();
    return count > server.workers() ||
           (count == server.workers() && acceptor.crowded());
  };
}

/// Drives a connection, which server.connections() counts already, to its end
/// on the calling thread.
inline void serve_blocking(Server& server, Fd connection,
                           const Crowded& crowded) {
  const std::unique_ptr<Job> job = server.connection(crowded);
  drive_blocking(*job,
                 Stream(std::move(connection), server.stop_fd(), crowded));
  server.connections().fetch_sub(1);
}

/// Takes one connection after the other from the shared socket until the
/// server stops.
inline void serve_all_blocking(Server& server, Acceptor& acceptor) {
  const Crowded crowded = crowd_of(server, acceptor);
  while (std::optional<Fd> connection = acceptor.accept()) {
    server.connections().fetch_add(1);
    serve_blocking(server, std::move(*connection), crowded);
  }
}

}  // namespace bench
