// prefork/threads: a process per core, and W threads among them.
//
// Who runs a job?   Any of W threads, as in a cluster with worker threads.
// Who waits?        The thread that runs the job; the others go on.
// What is shared?   One counter; within a process also memory.
// What does it cost?  A process per core, a stack per job in flight. Then one
//                     atomic addition per job.
// Read before: prefork_blocking.cpp, thread_pool_ticket.cpp. Read next:
// fork_ipc.cpp.
#include <algorithm>
#include <optional>
#include <utility>

#include "harness/core/crew.h"
#include "harness/core/model.h"
#include "harness/core/processes.h"
#include "harness/core/ticket.h"
#include "harness/drive/blocking.h"
#include "harness/drive/blocking_server.h"

namespace bench {
namespace {

class Threads : public Model {
 public:
  void run(Batch& batch) override {
    Processes workers(
        batch.gate(), processes(batch.resources()), [&](std::uint32_t p) {
          Crew threads(batch.gate(), threads_of(batch.resources(), p),
                       [&](std::uint32_t t) {
                         work(batch, p + t * processes(batch.resources()));
                       });
          batch.enter();
          batch.leave();
          threads.join();
        });
    batch.enter();
    batch.leave();
    workers.join();
  }

  void serve(Server& server) override {
    Processes workers(
        server.gate(), processes(server.resources()), [&](std::uint32_t p) {
          Crew threads(server.gate(), threads_of(server.resources(), p),
                       [&](std::uint32_t) { attend(server); });
          server.enter();
          threads.join();
        });
    server.enter();
    server.wait_for_stop(workers);
    workers.join();
  }

 private:
  void work(Batch& batch, std::uint32_t worker) {
    batch.enter();
    while (const std::optional<std::size_t> i = ticket_.next(batch)) {
      run_blocking(batch, *i, worker);
    }
    batch.leave();
  }

  static void attend(Server& server) {
    Door door(server);
    server.enter();
    while (std::optional<Fd> connection = door.accept()) {
      door.serve(std::move(*connection));
    }
  }

  static std::uint32_t processes(const Resources& resources) {
    const auto cores = static_cast<std::uint32_t>(resources.cpus.size());
    return std::clamp(cores, 1u, resources.workers);
  }
  /// Workers p, p + processes, p + 2 x processes ... are those of process p.
  static std::uint32_t threads_of(const Resources& resources, std::uint32_t p) {
    return (resources.workers - p - 1) / processes(resources) + 1;
  }

  Ticket ticket_;
};

const RegisterModel registered{{
    .id = "prefork",
    .variant = "threads",
    .summary = "a process per core, W threads among them, all blocking",
    .make = make_model<Threads>,
    .unit = ModelInfo::Unit::processes_of_threads,
    .handout = "ticket",
    .floor = "ticket",
    .rank = 4,
}};

}  // namespace
}  // namespace bench
