// Queues and pools of threads, with bare jobs or with those of scenario grain.
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <stdlib.h>
#include <uv.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/core/blocking_queue.h"
#include "harness/core/crew.h"
#include "harness/posix/shared_array.h"
#include "scenarios/primitives.h"

namespace bench {
namespace {

namespace tbb = oneapi::tbb;

template <typename Answer>
void blocking_queue(benchmark::State& state) {
  const Answer answer{};
  SharedArray<Gate> gate(1);
  BlockingQueue<std::size_t> queue(65536);  // as in models/thread_pool.cpp
  Crew workers(gate[0], workers_of(state), [&](std::uint32_t) {
    gate[0].enter();
    while (const std::optional<std::size_t> i = queue.pop()) {
      do_bare_job(*i, answer);
    }
  });
  gate[0].enter();
  while (state.KeepRunningBatch(state.max_iterations)) {
    for (std::size_t i = 0; i < all_iterations(state); ++i) queue.push(i);
    queue.close();
    workers.join();
  }
  count_usage_from(gate[0]);
}

void tbb_queue(benchmark::State& state) {
  SharedArray<Gate> gate(1);
  tbb::concurrent_bounded_queue<std::size_t> queue;
  queue.set_capacity(65536);  // as in models/thread_pool_tbb_queue.cpp
  constexpr std::size_t kEnd = ~std::size_t{0};
  Crew workers(gate[0], workers_of(state), [&](std::uint32_t) {
    gate[0].enter();
    for (std::size_t i;;) {
      queue.pop(i);
      if (i == kEnd) break;
      do_bare_job(i);
    }
  });
  gate[0].enter();
  while (state.KeepRunningBatch(state.max_iterations)) {
    for (std::size_t i = 0; i < all_iterations(state); ++i) queue.push(i);
    for (std::size_t w = 0; w < workers_of(state); ++w) queue.push(kEnd);
    workers.join();
  }
  count_usage_from(gate[0]);
}

template <typename Answer>
void tbb_arena(benchmark::State& state) {
  using Range = tbb::blocked_range<std::size_t>;
  SharedArray<Gate> gate(1);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  workers_of(state));
  tbb::task_arena arena(static_cast<int>(workers_of(state)));
  const auto for_all = [&](std::size_t all, const auto& answer) {
    arena.execute([&] {
      tbb::parallel_for(
          Range(0, all, 1),
          [&](const Range& range) {
            for (std::size_t i = range.begin(); i < range.end(); ++i) {
              do_bare_job(i, answer);
            }
          },
          tbb::simple_partitioner());
    });
  };
  // oneTBB starts its threads lazily.
  for_all(std::size_t{100} * workers_of(state), NoWork{});
  const Answer answer{};
  gate[0].enter();
  while (state.KeepRunningBatch(state.max_iterations)) {
    for_all(all_iterations(state), answer);
  }
  count_usage_from(gate[0]);
}

/// Keeps requests to libuv's pool going until all have been made.
struct Pump {
  std::size_t left;
  uv_loop_t loop;

  void submit(uv_work_t& request) {
    if (left == 0) return;
    --left;
    request.data = this;
    uv_queue_work(
        &loop, &request, [](uv_work_t*) { do_bare_job(0); },
        [](uv_work_t* done, int) {
          static_cast<Pump*>(done->data)->submit(*done);
        });
  }

  /// One request per worker is in flight, as event-loop/offload has it.
  void run(std::size_t all, std::size_t workers) {
    left = all;
    std::vector<uv_work_t> requests(workers);
    for (uv_work_t& request : requests) submit(request);
    uv_run(&loop, UV_RUN_DEFAULT);
  }
};

void uv_work(benchmark::State& state) {
  setenv("UV_THREADPOOL_SIZE", std::to_string(workers_of(state)).c_str(), 1);
  SharedArray<Gate> gate(1);
  Pump pump{};
  uv_loop_init(&pump.loop);
  pump.run(workers_of(state), workers_of(state));  // starts the threads
  gate[0].enter();
  while (state.KeepRunningBatch(state.max_iterations)) {
    pump.run(all_iterations(state), workers_of(state));
  }
  uv_loop_close(&pump.loop);
  count_usage_from(gate[0]);
}

const RegisterPrimitive registered[] = {
    RegisterPrimitive{{.id = "queue",
                       .summary = "bare jobs through the pool's own queue",
                       .body = blocking_queue<NoWork>}},
    RegisterPrimitive{{.id = "bare-queue",
                       .summary = "pieces of work through the pool's own queue",
                       .body = blocking_queue<KernelWork>,
                       .scenario = "grain",
                       .beside = "queue",
                       .fits = jobs_are_even}},
    RegisterPrimitive{{.id = "tbb-queue",
                       .summary = "bare jobs through oneTBB's bounded queue",
                       .body = tbb_queue}},
    RegisterPrimitive{{.id = "tbb-arena",
                       .summary = "bare jobs in a parallel_for of a task_arena",
                       .body = tbb_arena<NoWork>}},
    RegisterPrimitive{{.id = "bare-arena",
                       .summary = "pieces of work in a task_arena",
                       .body = tbb_arena<KernelWork>,
                       .scenario = "grain",
                       .beside = "tbb-arena",
                       .fits = jobs_are_even}},
    RegisterPrimitive{
        {.id = "uv-work",
         .summary = "bare jobs as requests to libuv's thread pool",
         .body = uv_work}},
    RegisterPrimitive{price("calls", "queue-work",
                            "a request to libuv's thread pool and back",
                            uv_work, {1, 2})},
    RegisterPrimitive{price("calls", "tbb-task",
                            "a task of oneTBB, in a parallel_for",
                            tbb_arena<NoWork>, {1})},
};

}  // namespace
}  // namespace bench
