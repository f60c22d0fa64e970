// thread-pool: W threads take jobs from one shared queue.
//
// Who runs a job?   Any of W threads.
// Who waits?        The thread that runs the job; the others go on.
// What is shared?   Everything: memory, the queue, the heap.
// What does it cost?  One push and one pop per job on a queue that all
//                     threads touch, and a wake-up when a thread found it
//                     empty.
// Read before: event_loop.cpp. Read next: thread_pool_ticket.cpp (no queue),
// thread_pool_tbb_queue.cpp (another queue),
// thread_pool_stealing.cpp (a queue per thread), prefork.cpp.
#include <cstddef>
#include <optional>
#include <utility>

#include "harness/core/blocking_queue.h"
#include "harness/core/crew.h"
#include "harness/core/model.h"
#include "harness/drive/blocking.h"
#include "harness/drive/blocking_server.h"

namespace bench {
namespace {

// The queue is bounded, so that its memory does not grow with the batch.
constexpr std::size_t kCapacity = 65536;

class ThreadPool : public Model {
 public:
  void run(Batch& batch) override {
    BlockingQueue<std::size_t> queue(kCapacity);
    Crew workers(batch.gate(), batch.workers(),
                 [&](std::uint32_t worker) { work(batch, queue, worker); });
    batch.enter();
    for (std::size_t i = 0; i < batch.size(); ++i) queue.push(i);
    queue.close();
    batch.leave();
    workers.join();
  }

  void serve(Server& server) override {
    BlockingQueue<Fd> queue(kCapacity);
    Door door(server);
    Crew workers(server.gate(), server.workers(),
                 [&](std::uint32_t) { attend(server, door, queue); });
    server.enter();
    while (std::optional<Fd> connection = door.accept()) {
      queue.push(std::move(*connection));
    }
    queue.close();
    workers.join();
  }

 private:
  static void work(Batch& batch, BlockingQueue<std::size_t>& queue,
                   std::uint32_t worker) {
    batch.enter();
    // LESSON: pop() puts the thread to sleep while the queue is empty. The
    // hand-over to a sleeping thread is the price of a shared queue.
    while (const std::optional<std::size_t> i = queue.pop()) {
      run_blocking(batch, *i, worker);
    }
    batch.leave();
  }

  static void attend(Server& server, Door& door, BlockingQueue<Fd>& queue) {
    server.enter();
    // LESSON: a connection that has nothing to say holds its thread. As many
    // clients are served at once as there are threads.
    while (std::optional<Fd> connection = queue.pop()) {
      door.serve(std::move(*connection));
    }
  }
};

const RegisterModel registered{{
    .id = "thread-pool",
    .summary = "W threads, one shared queue",
    .make = make_model<ThreadPool>,
    .handout = "queue",
    .floor = "queue",
    .rank = 3,
}};

}  // namespace
}  // namespace bench
