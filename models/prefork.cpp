// prefork: W processes; each takes its next job from a shared ticket.
//
// Who runs a job?   Any of W processes, each on a loop of its own.
// Who waits?        Nobody for input, output or time; the other jobs of the
//                   same process while one of them computes.
// What is shared?   One counter. Memory is copied on write, so a crash or a
//                   leak stays in its process.
// What does it cost?  A fork per worker at the start; then one atomic
//                     addition per job. Nobody hands anything to anybody.
// Read before: event_loop.cpp, thread_pool_loops.cpp. Read next: fork_ipc.cpp.
#include "harness/core/model.h"
#include "harness/core/processes.h"
#include "harness/core/ticket.h"
#include "harness/drive/loop_batch.h"
#include "harness/drive/loop_server.h"

namespace bench {
namespace {

class Prefork : public Model {
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
    BatchLoop loop(batch, worker);
    batch.enter();
    // LESSON: each loop is made after the fork, in its own process. What the
    // processes share is the ticket, and nothing else.
    loop.run([&] { return ticket_.next(batch); });
    batch.leave();
  }

  static void attend(Server& server) {
    ServerLoop loop(server);
    // LESSON: all children inherit one listening socket, and each connection
    // is whose loop asks first. Clients that stay would make that a lottery:
    // so who has more than others lets them go first.
    loop.accept_in_turn(server.listener());
    server.enter();
    loop.run();
  }

  Ticket ticket_;
};

const RegisterModel registered{{
    .id = "prefork",
    .summary = "W processes, each takes the next job from a shared ticket",
    .make = make_model<Prefork>,
    .unit = ModelInfo::Unit::processes,
    .handout = "ticket",
    .waits = ModelInfo::Waits::in_loop,
    .floor = "ticket",
    .rank = 4,
    .parameters = {uv_pool_parameter()},
}};

}  // namespace
}  // namespace bench
