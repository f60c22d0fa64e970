// thread-pool/loops: W threads, each on a loop of its own.
//
// Who runs a job?   Any of W threads, each on a loop of its own.
// Who waits?        Nobody for input, output or time; the other jobs of the
//                   same thread while one of them computes.
// What is shared?   One counter, and all of memory: a crash takes everybody.
// What does it cost?  A thread per worker at the start; then one atomic
//                     addition per job.
// Read before: event_loop.cpp, thread_pool.cpp. Read next: prefork.cpp, which
// is the same with processes.
#include <atomic>
#include <optional>

#include "harness/core/crew.h"
#include "harness/core/model.h"
#include "harness/drive/loop_batch.h"
#include "harness/drive/loop_server.h"

namespace bench {
namespace {

class Loops : public Model {
 public:
  void run(Batch& batch) override {
    Crew threads(batch.gate(), batch.workers(),
                 [&](std::uint32_t w) { work(batch, w); });
    batch.enter(batch.workers() + 1);
    batch.leave();
    threads.join();
  }

  void serve(Server& server) override {
    Crew threads(server.gate(), server.workers(), [&](std::uint32_t) {
      ServerLoop loop(server);
      loop.accept_from(server.listener());
      server.enter(server.workers() + 1);
      loop.run();
    });
    server.enter(server.workers() + 1);
    threads.join();
  }

 private:
  void work(Batch& batch, std::uint32_t worker) {
    BatchLoop loop(batch, worker, batch.in_flight_of(worker),
                   Loop::Compute::inline_);
    batch.enter(batch.workers() + 1);
    // LESSON: a loop belongs to its thread. What the threads share is the
    // counter; no job ever moves from one loop to another.
    loop.run([&]() -> std::optional<std::size_t> {
      const std::size_t i = ticket_.fetch_add(1, std::memory_order_relaxed);
      if (i >= batch.size()) return std::nullopt;
      return i;
    });
    batch.leave();
  }

  std::atomic<std::size_t> ticket_{0};
};

const RegisterModel registered{{
    .id = "thread-pool",
    .variant = "loops",
    .summary = "W threads, each with a libuv loop of its own",
    .make = make_model<Loops>,
    .waits = ModelInfo::Waits::in_loop,
    .serves = ModelInfo::Serves::in_loop,
    .floor = "ticket",
    .waiting_floor = "epoll-client",
    .rank = 3,
    .parameters = {uv_pool_parameter()},
}};

}  // namespace
}  // namespace bench
