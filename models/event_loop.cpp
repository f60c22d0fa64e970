// event-loop: one thread, and a loop that resumes whichever job can go on.
//
// Who runs a job?   The loop's thread, in callbacks.
//                   event-loop/offload: a compute step runs in libuv's pool.
// Who waits?        Nobody for input, output or time; everybody while one job
//                   computes. offload: nobody, the pool computes.
// What is shared?   Nothing. offload: libuv's queue between loop and pool.
// What does it cost?  A look for events, one system call, after every job or,
//                     if jobs are short, after 64 of them or 50 us.
//                     offload: two hand-overs between threads per job.
// Read before: sequential.cpp, harness/drive/loop.h. Read next:
// thread_pool.cpp.
#include "harness/core/model.h"
#include "harness/drive/loop_batch.h"
#include "harness/drive/loop_server.h"

namespace bench {
namespace {

class EventLoop : public Model {
 public:
  void run(Batch& batch) override { run(batch, Loop::Compute::inline_); }
  void serve(Server& server) override { serve(server, Loop::Compute::inline_); }

 protected:
  void run(Batch& batch, Loop::Compute compute) {
    BatchLoop loop(batch, 0, batch.in_flight(), compute);
    batch.enter(1);
    // LESSON: jobs are begun by the loop itself, one turn after another. A
    // job that waits costs no thread: the loop begins the next one. A job that
    // computes holds the loop until it is done: on one thread there is nobody
    // else who could serve the others.
    std::size_t next = 0;
    loop.run([&]() -> std::optional<std::size_t> {
      if (next == batch.size()) return std::nullopt;
      return next++;
    });
    batch.leave();
  }

  void serve(Server& server, Loop::Compute compute) {
    ServerLoop loop(server, compute);
    loop.accept_from(server.listener());
    server.enter(1);
    // LESSON: a connection that has nothing to say costs some memory, and no
    // thread. One whose request computes holds up all the others.
    loop.run();
  }
};

class Offload : public EventLoop {
 public:
  void run(Batch& batch) override {
    // With more jobs in flight than threads, a thread of the pool finds its
    // next job waiting when the loop is late to bring one.
    EventLoop::run(batch, Loop::Compute::offload);
  }
  void serve(Server& server) override {
    EventLoop::serve(server, Loop::Compute::offload);
  }
};

const RegisterModel registered{{
    .id = "event-loop",
    .summary = "one thread, one libuv loop, compute inline",
    .make = make_model<EventLoop>,
    .waits = ModelInfo::Waits::in_loop,
    .serves = ModelInfo::Serves::in_loop,
    .one_worker = true,
    .floor = "bare-job",
    .waiting_floor = "epoll-client",
    .rank = 2,
    .parameters = {uv_pool_parameter()},
}};

const RegisterModel offload{{
    .id = "event-loop",
    .variant = "offload",
    .summary = "one loop; compute goes to libuv's own thread pool",
    .make = make_model<Offload>,
    .waits = ModelInfo::Waits::in_loop,
    .serves = ModelInfo::Serves::in_loop,
    .in_uv_pool = true,
    .floor = "uv-work",
    .waiting_floor = "epoll-client",
    .rank = 2,
    .parameters = {depth_parameter(1), uv_pool_parameter()},
}};

}  // namespace
}  // namespace bench
