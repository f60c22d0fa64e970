// thread-pool/stealing: W threads, each with its own jobs; the idle steal.
//
// Who runs a job?   Any of W threads, the main thread being one of them.
// Who waits?        The thread that runs the job; the others go on.
// What is shared?   Memory; a thread's jobs only when somebody steals them.
// What does it cost?  Splitting ranges of jobs, and a steal when a thread has
//                     run out: few, and far between.
// Read before: thread_pool.cpp. Read next: prefork.cpp.
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <atomic>
#include <optional>
#include <thread>

#include "harness/core/model.h"
#include "harness/drive/blocking.h"
#include "harness/drive/blocking_server.h"

namespace bench {
namespace {

namespace tbb = oneapi::tbb;

class Stealing : public Model {
 public:
  void run(Batch& batch) override {
    const int workers = static_cast<int>(batch.workers());
    // oneTBB counts CPUs by itself; more workers than that need leave.
    const tbb::global_control limit(
        tbb::global_control::max_allowed_parallelism, batch.workers());
    tbb::task_scheduler_handle threads{tbb::attach{}};
    {
      tbb::task_arena arena(workers);
      arena.execute([&] { gather(batch, workers); });
      batch.enter();
      arena.execute([&] { work(batch); });
      batch.leave();
    }
    tbb::finalize(threads);  // waits until oneTBB's threads have ended
  }

  void serve(Server& server) override {
    const int workers = static_cast<int>(server.workers());
    // One more than the workers: the main thread only accepts.
    const tbb::global_control limit(
        tbb::global_control::max_allowed_parallelism, server.workers() + 1);
    tbb::task_scheduler_handle threads{tbb::attach{}};
    {
      tbb::task_arena arena(workers + 1);
      tbb::task_group connections;
      arena.execute([&] { gather(server, workers + 1); });
      Door door(server);
      server.enter();
      while (std::optional<Fd> connection = door.accept()) {
        arena.enqueue(connections.defer(
            [&, fd = connection->release()] { door.serve(Fd(fd)); }));
      }
      arena.execute([&] { connections.wait(); });
    }
    tbb::finalize(threads);
  }

 private:
  void work(Batch& batch) {
    using Range = tbb::blocked_range<std::size_t>;
    // LESSON: a range of jobs is halved until one job is left; each half can
    // be stolen. Long jobs delay nobody, because the rest moves away.
    tbb::parallel_for(
        Range(0, batch.size(), 1),
        [&](const Range& range) {
          const auto worker = static_cast<std::uint32_t>(
              tbb::this_task_arena::current_thread_index());
          for (std::size_t i = range.begin(); i < range.end(); ++i) {
            run_blocking(batch, i, worker);
          }
        },
        tbb::simple_partitioner());
  }

  /// oneTBB starts threads lazily. Holding one task per worker until all have
  /// begun makes them start before the gate, as in the other models; but it
  /// promises no number of threads, so there is an end to the waiting.
  template <typename Work>
  static void gather(Work& work, int workers) {
    constexpr std::int64_t kLongEnough = 1'000'000'000;  // nanoseconds
    const std::int64_t deadline = now_ns() + kLongEnough;
    std::atomic<int> here{0};
    tbb::parallel_for(
        0, workers,
        [&](int) {
          work.prepare_worker();
          here.fetch_add(1);
          while (here.load() < workers && now_ns() < deadline) {
            std::this_thread::yield();
          }
        },
        tbb::simple_partitioner());
  }
};

const RegisterModel registered{{
    .id = "thread-pool",
    .variant = "stealing",
    .summary = "W threads steal jobs from each other (oneTBB task_arena)",
    .make = make_model<Stealing>,
    .handout = "stealing",
    .floor = "tbb-arena",
    .rank = 3,
}};

}  // namespace
}  // namespace bench
