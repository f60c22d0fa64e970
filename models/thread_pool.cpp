// thread-pool: W threads take jobs from one shared queue.
//
// Who runs a job?   Any of W threads.
// Who waits?        The thread that runs the job; the others go on.
// What is shared?   Everything: memory, the queue, the heap.
// What does it cost?  One push and one pop per job on a queue that all
//                     threads touch, and a wake-up when a thread found it
//                     empty.
// Read before: event_loop.cpp. Read next: thread_pool_stealing.cpp (a queue
// per thread), prefork.cpp.
#include <oneapi/tbb/concurrent_queue.h>

#include <optional>

#include "harness/core/crew.h"
#include "harness/core/model.h"
#include "harness/drive/blocking.h"
#include "harness/drive/blocking_server.h"

namespace bench {
namespace {

constexpr std::size_t kNoMoreJobs = ~std::size_t{0};
constexpr int kNoMoreConnections = -1;

class ThreadPool : public Model {
 public:
  void run(Batch& batch) override {
    queue_.set_capacity(kQueueCapacity);
    Crew threads(batch.gate(), batch.workers(),
                 [&](std::uint32_t w) { work(batch, w); });
    batch.enter(batch.workers() + 1);
    for (std::size_t i = 0; i < batch.size(); ++i) queue_.push(i);
    for (std::uint32_t w = 0; w < batch.workers(); ++w) {
      queue_.push(kNoMoreJobs);
    }
    batch.leave();
    threads.join();
  }

  void serve(Server& server) override {
    Acceptor acceptor = server.acceptor();
    const Crowded crowded = crowd_of(server, acceptor);
    Crew threads(server.gate(), server.workers(),
                 [&](std::uint32_t) { serve_queued(server, crowded); });
    server.enter(server.workers() + 1);
    while (std::optional<Fd> connection = acceptor.accept()) {
      server.connections().fetch_add(1);
      connections_.push(connection->release());
    }
    for (std::uint32_t w = 0; w < server.workers(); ++w) {
      connections_.push(kNoMoreConnections);
    }
    threads.join();
  }

 private:
  // The queue is bounded, so that its memory does not grow with the batch; and
  // long, because every pop from a full one wakes the thread that fills it.
  static constexpr std::ptrdiff_t kQueueCapacity = 65536;

  void work(Batch& batch, std::uint32_t worker) {
    batch.enter(batch.workers() + 1);
    for (;;) {
      // LESSON: pop() puts the thread to sleep while the queue is empty. The
      // hand-over to a sleeping thread is the price of a shared queue.
      std::size_t i;
      queue_.pop(i);
      if (i == kNoMoreJobs) break;
      run_blocking(batch, i, worker);
    }
    batch.leave();
  }

  void serve_queued(Server& server, const Crowded& crowded) {
    server.enter(server.workers() + 1);
    for (;;) {
      // LESSON: a connection that has nothing to say holds its thread. As many
      // clients are served at once as there are threads.
      int connection;
      connections_.pop(connection);
      if (connection == kNoMoreConnections) break;
      serve_blocking(server, Fd(connection), crowded);
    }
  }

  oneapi::tbb::concurrent_bounded_queue<std::size_t> queue_;
  oneapi::tbb::concurrent_bounded_queue<int> connections_;
};

const RegisterModel registered{{
    .id = "thread-pool",
    .summary = "W threads, one shared queue (oneTBB)",
    .make = make_model<ThreadPool>,
    .floor = "tbb-queue",
    .waiting_floor = "epoll-client",
    .rank = 3,
}};

}  // namespace
}  // namespace bench
