// The blocking way to drive a connection: a worker has it until it is over.
//
// Its mirror is harness/drive/loop_server.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "harness/core/server.h"
#include "harness/core/star.h"
#include "harness/drive/blocking.h"
#include "harness/posix/acceptor.h"

namespace bench {

/// Where the connections of workers that block come in. All workers of a
/// process may share one, or each may have its own.
class Door {
 public:
  explicit Door(Server& server)
      : server_(server), acceptor_(server.acceptor()) {
    if (star_ != nullptr && !star_->has_lines()) star_ = nullptr;
  }

  /// The next connection; none once the server stops and nobody is left.
  std::optional<Fd> accept() {
    std::optional<Fd> connection = acceptor_.accept(true);
    if (connection) server_.connections().fetch_add(1);
    return connection;
  }

  /// Drives a connection that came in here to its end on the calling thread.
  /// Where others wait for a worker, it ends early.
  void serve(Fd connection) {
    const auto crowded = [this] { return this->crowded(); };
    const std::unique_ptr<Job> job = server_.connection(crowded);
    drive_blocking(*job,
                   Stream(std::move(connection), server_.stop_fd(), crowded));
    server_.connections().fetch_sub(1);
  }

 private:
  /// More connections than workers: others wait in the model's own queue, which
  /// the count tells; or at the door, which takes a look.
  bool crowded() {
    // LESSON: who blocks can look at messages only between two things that it
    // does: at the door, after an answer, and while a client is silent.
    if (star_ != nullptr) star_->attend();
    const std::uint32_t count = server_.connections();
    if (count != server_.workers()) return count > server_.workers();
    return server_.look_is_due() && acceptor_.crowded();
  }

  Server& server_;
  Acceptor acceptor_;
  Star* star_ = Star::of_this_process();
};

}  // namespace bench
