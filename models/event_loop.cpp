// event-loop: one thread, and a loop that resumes whichever job can go on.
//
// Who runs a job?   The loop's thread, in callbacks.
// Who waits?        Nobody for input, output or time; everybody while one job
//                   computes.
// What is shared?   Nothing.
// What does it cost?  A look for events, one system call, after every job or,
//                     if jobs are short, after 64 of them or 50 us.
// Read before: sequential.cpp, harness/drive/loop.h. Read next:
// event_loop_offload.cpp (what computes goes elsewhere), thread_pool.cpp.
#include "harness/core/model.h"
#include "harness/core/ticket.h"
#include "harness/drive/loop_batch.h"
#include "harness/drive/loop_server.h"

namespace bench {
namespace {

class EventLoop : public Model {
 public:
  void run(Batch& batch) override { work(batch); }

  void serve(Server& server) override { attend(server); }

 private:
  static void work(Batch& batch) {
    BatchLoop loop(batch, 0);
    batch.enter();
    // LESSON: jobs are begun by the loop itself, one turn after another. A
    // job that waits costs no thread: the loop begins the next one. A job that
    // computes holds the loop until it is done: on one thread there is nobody
    // else who could serve the others.
    std::size_t next = 0;
    loop.run([&] { return in_turn(batch, next); });
    batch.leave();
  }

  static void attend(Server& server) {
    ServerLoop loop(server);
    loop.accept_from(server.listener());
    server.enter();
    // LESSON: a connection that has nothing to say costs some memory, and no
    // thread. One whose request computes holds up all the others.
    loop.run();
  }
};

const RegisterModel registered{{
    .id = "event-loop",
    .summary = "one thread, one libuv loop, compute inline",
    .make = make_model<EventLoop>,
    .unit = ModelInfo::Unit::one_thread,
    .waits = ModelInfo::Waits::in_loop,
    .floor = "bare-job",
    .rank = 2,
    .parameters = {uv_pool_parameter()},
}};

}  // namespace
}  // namespace bench
