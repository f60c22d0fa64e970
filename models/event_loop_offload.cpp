// event-loop/offload: one loop; what computes goes to libuv's own thread pool.
//
// Who runs a job?   The loop's thread, in callbacks; a compute step runs in the
//                   pool.
// Who waits?        Nobody: the pool computes.
// What is shared?   libuv's queue between loop and pool.
// What does it cost?  Two hand-overs between threads per job.
// Read before: event_loop.cpp. Read next: thread_pool.cpp.
#include "harness/core/model.h"
#include "harness/core/ticket.h"
#include "harness/drive/loop_batch.h"
#include "harness/drive/loop_server.h"

namespace bench {
namespace {

class Offload : public Model {
 public:
  void run(Batch& batch) override { work(batch); }

  void serve(Server& server) override { attend(server); }

 private:
  static void work(Batch& batch) {
    BatchLoop loop(batch, 0, Loop::Compute::offload);
    batch.enter();
    // LESSON: with more jobs in flight than threads, a thread of the pool finds
    // its next job waiting when the loop is late to bring one.
    std::size_t next = 0;
    loop.run([&] { return in_turn(batch, next); });
    batch.leave();
  }

  static void attend(Server& server) {
    ServerLoop loop(server, Loop::Compute::offload);
    loop.accept_from(server.listener());
    server.enter();
    loop.run();
  }
};

const RegisterModel registered{{
    .id = "event-loop",
    .variant = "offload",
    .summary = "one loop; compute goes to libuv's own thread pool",
    .make = make_model<Offload>,
    .handout = "queue",
    .waits = ModelInfo::Waits::in_loop,
    .in_uv_pool = true,
    .floor = "uv-work",
    .rank = 2,
    .parameters = {depth_parameter(), uv_pool_parameter()},
}};

}  // namespace
}  // namespace bench
