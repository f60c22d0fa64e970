// prefork/blocking: W processes that block; each takes the next job.
//
// Who runs a job?   Any of W processes, as in Apache's prefork.
// Who waits?        The process that runs the job; the others go on.
// What is shared?   One counter.
// What does it cost?  A process per job in flight: page tables, a stack. Then
//                     one atomic addition per job.
// Read before: thread_pool_ticket.cpp, which is the same with threads. Read
// next: prefork_threads.cpp, fork_ipc.cpp.
#include <optional>
#include <utility>

#include "harness/core/model.h"
#include "harness/core/processes.h"
#include "harness/core/ticket.h"
#include "harness/drive/blocking.h"
#include "harness/drive/blocking_server.h"

namespace bench {
namespace {

class Blocking : public Model {
 public:
  void run(Batch& batch) override {
    Processes workers(batch.gate(), batch.workers(),
                      [&](std::uint32_t worker) { work(batch, worker); });
    batch.enter();
    batch.leave();
    workers.join();
  }

  void serve(Server& server) override {
    Processes workers(server.gate(), server.workers(),
                      [&](std::uint32_t) { attend(server); });
    server.enter();
    server.wait_for_stop(workers);
    workers.join();
  }

 private:
  void work(Batch& batch, std::uint32_t worker) {
    batch.enter();
    // LESSON: nobody hands out jobs, yet nobody waits in a loop either: a
    // worker takes the next job when it is done with the last.
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

  Ticket ticket_;
};

const RegisterModel registered{{
    .id = "prefork",
    .variant = "blocking",
    .summary = "W processes that block, each takes the next job",
    .make = make_model<Blocking>,
    .unit = ModelInfo::Unit::processes,
    .handout = "ticket",
    .floor = "ticket",
    .rank = 4,
}};

}  // namespace
}  // namespace bench
