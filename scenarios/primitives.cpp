// primitives: the bare mechanisms under the models, as native benchmarks.
//
// Each is what a hand-written program would do with the same queue, socket or
// counter. One iteration is one bare job: an answer and two readings of the
// clock, which no model can do without. There is no job object, no record, no
// driver and no verification: that is what a model adds to its floor.
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/backend/exchange.h"
#include "harness/core/blocking_queue.h"
#include "harness/core/crew.h"
#include "harness/core/primitive.h"
#include "harness/core/processes.h"
#include "harness/core/scenario.h"
#include "harness/posix/channel.h"
#include "harness/posix/child.h"
#include "harness/posix/clock.h"
#include "harness/posix/shared_array.h"
#include "scenarios/epoll_client.h"
#include "scenarios/random.h"

namespace bench {
namespace {

namespace tbb = oneapi::tbb;

std::uint32_t workers_of(const benchmark::State& state) {
  return static_cast<std::uint32_t>(state.range(0));
}

/// For mechanisms that run all iterations by themselves: 1 turn = all.
std::size_t all_iterations(const benchmark::State& state) {
  return static_cast<std::size_t>(state.max_iterations);
}

inline void do_bare_job(std::uint64_t i) {
  benchmark::DoNotOptimize(now_ns());
  benchmark::DoNotOptimize(random_of(1, i));
  benchmark::DoNotOptimize(now_ns());
}

void bare_job(benchmark::State& state) {
  SharedArray<Gate> gate(1);
  gate[0].enter();
  std::uint64_t i = 0;
  for (auto _ : state) do_bare_job(i++);
  count_usage_from(gate[0]);
}

void ticket(benchmark::State& state) {
  SharedArray<Gate> gate(1);
  SharedArray<std::atomic<std::size_t>> counter(1);
  const std::size_t all = all_iterations(state);
  Processes workers(gate[0], workers_of(state), [&](std::uint32_t) {
    gate[0].enter();
    for (std::size_t i;
         (i = counter[0].fetch_add(1, std::memory_order_relaxed)) < all;) {
      do_bare_job(i);
    }
  });
  gate[0].enter();
  while (state.KeepRunningBatch(state.max_iterations)) {
    workers.join();
  }
  count_usage_from(gate[0]);
}

void blocking_queue(benchmark::State& state) {
  SharedArray<Gate> gate(1);
  BlockingQueue<std::size_t> queue(65536);  // as in models/thread_pool.cpp
  Crew workers(gate[0], workers_of(state), [&](std::uint32_t) {
    gate[0].enter();
    while (const std::optional<std::size_t> i = queue.pop()) do_bare_job(*i);
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

void tbb_arena(benchmark::State& state) {
  using Range = tbb::blocked_range<std::size_t>;
  SharedArray<Gate> gate(1);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  workers_of(state));
  tbb::task_arena arena(static_cast<int>(workers_of(state)));
  const auto for_all = [&](std::size_t all) {
    arena.execute([&] {
      tbb::parallel_for(
          Range(0, all, 1),
          [](const Range& range) {
            for (std::size_t i = range.begin(); i < range.end(); ++i) {
              do_bare_job(i);
            }
          },
          tbb::simple_partitioner());
    });
  };
  for_all(std::size_t{100} *
          workers_of(state));  // oneTBB starts its threads lazily
  gate[0].enter();
  while (state.KeepRunningBatch(state.max_iterations)) {
    for_all(all_iterations(state));
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

void seqpacket_echo(benchmark::State& state) {
  struct Message {  // of the same size as in models/fork_ipc.cpp
    std::uint64_t words[3];
  };
  SharedArray<Gate> gate(1);
  Processes echo(gate[0], 1, [&](std::uint32_t, Channel& parent) {
    gate[0].enter();
    for (Message message; parent.receive(message);) {
      do_bare_job(message.words[0]);
      parent.send(message);
    }
  });
  Channel& mine = echo.channel(0);
  gate[0].enter();
  Message message{};
  for (auto _ : state) {
    if (!mine.send(message) || !mine.receive(message)) {
      throw std::runtime_error("the echo process is gone");
    }
  }
  echo.hang_up();
  echo.join();
  count_usage_from(gate[0]);
}

void epoll_client(benchmark::State& state) {
  SharedArray<Gate> gate(1);
  gate[0].enter();
  const PrimitiveTask& task = primitive_task();
  const auto bytes =
      static_cast<std::uint32_t>(task.parameters.integer("payload"));
  std::uint64_t sum = 0;
  while (state.KeepRunningBatch(state.max_iterations)) {
    sum = run_epoll_client(
        task.backend_port, all_iterations(state), task.in_flight,
        static_cast<std::uint32_t>(task.parameters.real("wait-ms") * 1000),
        bytes, task.seed, static_cast<int>(task.parameters.real("timeout-ms")),
        task.parameters.word("keep-alive") == "yes");
  }
  count_usage_from(gate[0]);
  for (std::size_t i = 0; i < all_iterations(state); ++i) {
    sum -= digest_of_answer(random_of(task.seed, i), bytes);
  }
  if (sum != 0) throw std::runtime_error("the backend's answers are wrong");
}

/// It does exchanges and nothing else.
bool only_exchanges(const Parameters& parameters) {
  return parameters.word("wait") == "backend" && !parameters.has("size") &&
         parameters.real("compute-us") == 0 &&
         parameters.real("wait-spread") == 0;
}

void spawn(benchmark::State& state) {
  SharedArray<Gate> gate(1);
  gate[0].enter();
  char name[] = "/bin/true";
  char* const arguments[] = {name, nullptr};
  for (auto _ : state) {
    pid_t pid = -1;
    if (posix_spawn(&pid, name, nullptr, nullptr, arguments, environ) != 0) {
      throw std::runtime_error("cannot spawn /bin/true");
    }
    Child(pid).join("/bin/true");
  }
  count_usage_from(gate[0]);
}

// A scenario that cannot make jobs: its cells are the primitives themselves.
const RegisterScenario scenario{{
    .id = "primitives",
    .summary = "the bare mechanisms under the models: what they cannot beat",
    .calibrate = [](Parameters&, const Surroundings&) { return JobLength{}; },
    .make = nullptr,
}};

const RegisterPrimitive registered[] = {
    RegisterPrimitive{{.id = "bare-job",
                       .summary = "bare jobs in a bare loop",
                       .body = bare_job,
                       .one_worker = true}},
    RegisterPrimitive{
        {.id = "ticket",
         .summary = "W processes take bare jobs from one shared counter",
         .body = ticket}},
    RegisterPrimitive{{.id = "queue",
                       .summary = "bare jobs through the pool's own queue",
                       .body = blocking_queue}},
    RegisterPrimitive{{.id = "tbb-queue",
                       .summary = "bare jobs through oneTBB's bounded queue",
                       .body = tbb_queue}},
    RegisterPrimitive{{.id = "tbb-arena",
                       .summary = "bare jobs in a parallel_for of a task_arena",
                       .body = tbb_arena}},
    RegisterPrimitive{
        {.id = "uv-work",
         .summary = "bare jobs as requests to libuv's thread pool",
         .body = uv_work}},
    RegisterPrimitive{{.id = "seqpacket-echo",
                       .summary = "bare jobs as messages to a process and back",
                       .body = seqpacket_echo,
                       .one_worker = true}},
    RegisterPrimitive{{.id = "spawn",
                       .summary = "posix_spawn and wait of /bin/true",
                       .body = spawn,
                       .one_worker = true}},
    RegisterPrimitive{
        {.id = "epoll-client",
         .summary = "a bare epoll client does the exchanges of scenario io",
         .body = epoll_client,
         .one_worker = true,
         .scenario = "io",
         .fits = only_exchanges}},
};

}  // namespace
}  // namespace bench
