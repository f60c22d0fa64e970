// thread-pool/ticket: W threads that block; each takes the next job.
//
// Who runs a job?   Any of W threads.
// Who waits?        The thread that runs the job; the others go on.
// What is shared?   One counter, and all of memory: a crash takes everybody.
// What does it cost?  A thread per job in flight: a stack. Then one atomic
//                     addition per job: no queue, and nobody is ever woken.
// Read before: thread_pool.cpp. Read next: thread_pool_loops.cpp (who does not
// block), prefork_blocking.cpp (the same with processes).
#include <optional>
#include <utility>

#include "harness/core/crew.h"
#include "harness/core/model.h"
#include "harness/core/ticket.h"
#include "harness/drive/blocking.h"
#include "harness/drive/blocking_server.h"

namespace bench {
namespace {

class TicketPool : public Model {
 public:
  void run(Batch& batch) override {
    Crew workers(batch.gate(), batch.workers(),
                 [&](std::uint32_t worker) { work(batch, worker); });
    batch.enter();
    batch.leave();
    workers.join();
  }

  void serve(Server& server) override {
    Crew workers(server.gate(), server.workers(),
                 [&](std::uint32_t) { attend(server); });
    server.enter();
    workers.join();
  }

 private:
  void work(Batch& batch, std::uint32_t worker) {
    batch.enter();
    // LESSON: a pool needs no queue if all jobs are known: their numbers are
    // enough. It cannot take jobs that come later.
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
    .id = "thread-pool",
    .variant = "ticket",
    .summary = "W threads that block, each takes the next job",
    .make = make_model<TicketPool>,
    .handout = "ticket",
    .floor = "ticket",
    .rank = 3,
}};

}  // namespace
}  // namespace bench
