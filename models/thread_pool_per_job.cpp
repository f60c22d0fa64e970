// thread-pool/per-job: a new thread for every job, and no queue.
//
// Who runs a job?   A thread made for it; at most W of them live at a time.
// Who waits?        The job's thread; the main thread, for a free place.
// What is shared?   Memory, the list of free places.
// What does it cost?  Making and ending a thread per job: a stack, a system
//                     call or two, a wake-up.
// Read before: thread_pool.cpp. Read next: thread_pool_loops.cpp.
#include <functional>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "harness/core/blocking_queue.h"
#include "harness/core/model.h"
#include "harness/drive/blocking.h"
#include "harness/drive/blocking_server.h"

namespace bench {
namespace {

/// The places that no thread has.
struct Free : BlockingQueue<std::uint32_t> {
  explicit Free(std::uint32_t workers) : BlockingQueue(workers) {
    for (std::uint32_t w = 0; w < workers; ++w) push(w);
  }
  std::uint32_t take() { return pop().value_or(0); }  // it is never closed
};

class PerJob : public Model {
 public:
  void run(Batch& batch) override {
    batch.enter();
    hand_out(batch);
    batch.gate().forget_shares();
    batch.leave();
  }

  void serve(Server& server) override {
    Free free(server.workers());
    Door door(server);
    std::vector<std::jthread> threads(server.workers());
    server.enter();
    while (std::optional<Fd> connection = door.accept()) {
      const std::uint32_t worker = free.take();
      threads[worker] = start([&, worker, fd = connection->release()] {
        server.prepare_worker();
        door.serve(Fd(fd));
        free.push(worker);
      });
    }
  }  // the threads are joined here

 private:
  static void hand_out(Batch& batch) {
    Free free(batch.workers());
    std::vector<std::jthread> threads(batch.workers());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const std::uint32_t worker = free.take();
      // LESSON: the place of a thread is taken by another that must be made
      // first. The thread that left it has ended, or is about to: giving its
      // place back was the last thing it did.
      threads[worker] = start([&batch, &free, i, worker] {
        batch.prepare_worker();
        run_blocking(batch, i, worker);
        free.push(worker);
      });
    }
  }

  static std::jthread start(std::function<void()> body) {
    try {
      return std::jthread(std::move(body));
    } catch (const std::system_error& error) {
      throw std::system_error(error.code(), "start a thread");
    }
  }
};

const RegisterModel registered{{
    .id = "thread-pool",
    .variant = "per-job",
    .summary = "a new thread per job, no pool",
    .make = make_model<PerJob>,
    .handout = "a new one per job",
    .worker_per_job = true,
    .floor = "queue",
    .rank = 3,
}};

}  // namespace
}  // namespace bench
