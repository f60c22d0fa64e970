// prefork: W processes; each takes its next job from a shared ticket.
//
// Who runs a job?   Any of W processes, each on a loop of its own.
// Who waits?        Nobody for input, output or time; the other jobs of the
//                   same process while one of them computes.
// What is shared?   One counter. Memory is copied on write, so a crash or a
//                   leak stays in its process.
// What does it cost?  A fork per worker at the start; then one atomic
//                     addition per job. Nobody hands anything to anybody.
// Read before: event_loop.cpp, thread_pool.cpp. Read next: fork_ipc.cpp.
#include <atomic>
#include <optional>
#include <vector>

#include "harness/core/model.h"
#include "harness/drive/loop_batch.h"
#include "harness/drive/loop_server.h"
#include "harness/posix/child.h"
#include "harness/posix/shared_array.h"

namespace bench {
namespace {

using Ticket = std::atomic<std::size_t>;

class Prefork : public Model {
 public:
  void run(Batch& batch) override {
    // LESSON: all processes are forked before any loop exists. A loop holds
    // descriptors and threads that do not survive a fork.
    std::vector<Child> children;
    for (std::uint32_t w = 0; w < batch.workers(); ++w) {
      children.push_back(Child::fork([&] { work(batch, w); }));
    }
    batch.enter(batch.workers() + 1);
    batch.leave();
    for (Child& child : children) child.join("a worker process");
  }

  void serve(Server& server) override {
    std::vector<Child> children;
    for (std::uint32_t w = 0; w < server.workers(); ++w) {
      children.push_back(Child::fork([&] {
        ServerLoop loop(server);
        // LESSON: all children inherit one listening socket. The kernel gives
        // a connection to whoever asks first: the idle one, mostly.
        loop.accept_from(server.listener());
        server.enter(server.workers() + 1);
        loop.run();
      }));
    }
    server.enter(server.workers() + 1);
    server.wait_for_stop(children);
    for (Child& child : children) child.join("a worker process");
  }

 protected:
  /// The job after `last` for this worker, or none.
  virtual std::optional<std::size_t> next(const Batch& batch, std::uint32_t,
                                          std::optional<std::size_t>) {
    const std::size_t i = ticket_[0].fetch_add(1, std::memory_order_relaxed);
    if (i >= batch.size()) return std::nullopt;
    return i;
  }

 private:
  void work(Batch& batch, std::uint32_t worker) {
    BatchLoop loop(batch, worker, batch.in_flight_of(worker),
                   Loop::Compute::inline_);
    batch.enter(batch.workers() + 1);
    std::optional<std::size_t> i;
    loop.run([&] { return i = next(batch, worker, i); });
    batch.leave();
  }

  SharedArray<Ticket> ticket_{1};
};

/// Each process owns every W-th job from the start. Nothing is shared, and
/// nothing can be put right when one process got the long jobs.
class StaticPrefork : public Prefork {
 protected:
  std::optional<std::size_t> next(const Batch& batch, std::uint32_t worker,
                                  std::optional<std::size_t> last) override {
    const std::size_t i = last ? *last + batch.workers() : worker;
    if (i >= batch.size()) return std::nullopt;
    return i;
  }
};

const RegisterModel registered{{
    .id = "prefork",
    .summary = "W processes, each takes the next job from a shared ticket",
    .make = make_model<Prefork>,
    .waits = ModelInfo::Waits::in_loop,
    .serves = ModelInfo::Serves::in_loop,
    .floor = "ticket",
    .waiting_floor = "epoll-client",
    .rank = 4,
    .parameters = {uv_pool_parameter()},
}};

const RegisterModel fixed{{
    .id = "prefork",
    .variant = "static",
    .summary = "W processes, each owns every W-th job from the start",
    .make = make_model<StaticPrefork>,
    .waits = ModelInfo::Waits::in_loop,
    .serves = ModelInfo::Serves::nobody,
    .floor = "ticket",
    .waiting_floor = "epoll-client",
    .rank = 4,
    .parameters = {uv_pool_parameter()},
}};

}  // namespace
}  // namespace bench
