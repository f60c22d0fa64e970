// The exchanges of scenario io by a bare epoll client, as a native benchmark.
#include <stdexcept>

#include "harness/backend/exchange.h"
#include "harness/posix/shared_array.h"
#include "scenarios/epoll_client.h"
#include "scenarios/primitives.h"

namespace bench {
namespace {

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

const RegisterPrimitive registered{
    {.id = "epoll-client",
     .summary = "a bare epoll client does the exchanges of scenario io",
     .body = epoll_client,
     .one_worker = true,
     .scenario = "io",
     .fits = only_exchanges}};

}  // namespace
}  // namespace bench
