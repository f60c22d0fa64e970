// Processes: a counter that they share, messages to one.
#include <atomic>
#include <stdexcept>

#include "harness/core/processes.h"
#include "harness/posix/channel.h"
#include "harness/posix/shared_array.h"
#include "scenarios/primitives.h"

namespace bench {
namespace {

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

const RegisterPrimitive registered[] = {
    RegisterPrimitive{
        {.id = "ticket",
         .summary = "W processes take bare jobs from one shared counter",
         .body = ticket}},
    RegisterPrimitive{{.id = "seqpacket-echo",
                       .summary = "bare jobs as messages to a process and back",
                       .body = seqpacket_echo,
                       .one_worker = true}},
};

}  // namespace
}  // namespace bench
