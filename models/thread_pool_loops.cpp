// thread-pool/loops: W threads, each on a loop of its own.
//
// Who runs a job?   Any of W threads, each on a loop of its own.
// Who waits?        Nobody for input, output or time; the other jobs of the
//                   same thread while one of them computes.
// What is shared?   One counter, and all of memory: a crash takes everybody.
// What does it cost?  A thread per worker at the start; then one atomic
//                     addition per job.
// Read before: event_loop.cpp, thread_pool_ticket.cpp. Read next: prefork.cpp,
// which is the same with processes.
#include "harness/core/crew.h"
#include "harness/core/model.h"
#include "harness/core/ticket.h"
#include "harness/drive/loop_batch.h"
#include "harness/drive/loop_server.h"

namespace bench {
namespace {

class Loops : public Model {
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
    BatchLoop loop(batch, worker);
    batch.enter();
    // LESSON: a loop belongs to its thread. What the threads share is the
    // ticket; no job ever moves from one loop to another.
    loop.run([&] { return ticket_.next(batch); });
    batch.leave();
  }

  static void attend(Server& server) {
    ServerLoop loop(server);
    loop.accept_in_turn(server.listener());
    server.enter();
    loop.run();
  }

  Ticket ticket_;
};

const RegisterModel registered{{
    .id = "thread-pool",
    .variant = "loops",
    .summary = "W threads, each with a libuv loop of its own",
    .make = make_model<Loops>,
    .handout = "ticket",
    .waits = ModelInfo::Waits::in_loop,
    .floor = "ticket",
    .rank = 3,
    .parameters = {uv_pool_parameter()},
}};

}  // namespace
}  // namespace bench
