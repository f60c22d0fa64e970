// thread-pool/tbb-queue: W threads take jobs from one queue of oneTBB.
//
// Who runs a job?   Any of W threads.
// Who waits?        The thread that runs the job; the others go on.
// What is shared?   Everything: memory, the queue, the heap.
// What does it cost?  One push and one pop per job on a queue without a lock,
//                     whose threads spin before they sleep: that is time of a
//                     CPU which others need.
// Read before: thread_pool.cpp, whose queue has a lock and never spins.
#include <oneapi/tbb/concurrent_queue.h>

#include <optional>

#include "harness/core/crew.h"
#include "harness/core/model.h"
#include "harness/drive/blocking.h"
#include "harness/drive/blocking_server.h"

namespace bench {
namespace {

/// Of jobs by number, or of connections by descriptor.
using Queue = oneapi::tbb::concurrent_bounded_queue<std::int64_t>;
constexpr std::int64_t kNoMore = -1;

class TbbQueue : public Model {
 public:
  void run(Batch& batch) override {
    queue_.set_capacity(kCapacity);
    Crew workers(batch.gate(), batch.workers(),
                 [&](std::uint32_t worker) { work(batch, worker); });
    batch.enter();
    const auto jobs = static_cast<std::int64_t>(batch.size());
    for (std::int64_t i = 0; i < jobs; ++i) queue_.push(i);
    for (std::uint32_t w = 0; w < batch.workers(); ++w) queue_.push(kNoMore);
    batch.leave();
    workers.join();
  }

  void serve(Server& server) override {
    Door door(server);
    Crew workers(server.gate(), server.workers(),
                 [&](std::uint32_t) { attend(server, door); });
    server.enter();
    while (std::optional<Fd> connection = door.accept()) {
      queue_.push(connection->release());
    }
    for (std::uint32_t w = 0; w < server.workers(); ++w) queue_.push(kNoMore);
    workers.join();
  }

 private:
  // The queue is bounded, so that its memory does not grow with the batch; and
  // long, because every pop from a full one wakes the thread that fills it.
  static constexpr std::ptrdiff_t kCapacity = 65536;

  void work(Batch& batch, std::uint32_t worker) {
    batch.enter();
    // LESSON: a queue without locks is no queue without waiting. With a CPU for
    // each thread, spinning saves the switch; with more threads than CPUs, it
    // takes the CPU from the one that it waits for.
    for (std::int64_t i; (i = pop()) != kNoMore;) {
      run_blocking(batch, static_cast<std::size_t>(i), worker);
    }
    batch.leave();
  }

  void attend(Server& server, Door& door) {
    server.enter();
    for (std::int64_t connection; (connection = pop()) != kNoMore;) {
      door.serve(Fd(static_cast<int>(connection)));
    }
  }

  std::int64_t pop() {
    std::int64_t next;
    queue_.pop(next);
    return next;
  }

  Queue queue_;
};

const RegisterModel registered{{
    .id = "thread-pool",
    .variant = "tbb-queue",
    .summary = "W threads, one shared queue (oneTBB) that spins",
    .make = make_model<TbbQueue>,
    .handout = "queue",
    .floor = "tbb-queue",
    .rank = 3,
}};

}  // namespace
}  // namespace bench
