// calls: what single operations cost here, from a lock to a connection.
//
// No message and no start: those have sizes, and scenarios of their own.
// [scenarios/messages.cpp, scenarios/starts.cpp] Two that need a library are
// where it is the subject. [scenarios/primitives_queues.cpp]
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <numeric>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>

#include "harness/core/crew.h"
#include "harness/posix/check.h"
#include "harness/posix/loopback.h"
#include "harness/posix/shared_array.h"
#include "harness/system/cpus.h"
#include "scenarios/primitives.h"

namespace bench {
namespace {

/// No cache has room for it.
constexpr std::size_t kFar = std::size_t{128} << 20;

template <typename Call>
void repeat(benchmark::State& state, Call call) {
  SharedArray<Gate> gate(1);
  gate[0].enter();
  for (auto _ : state) call();
  count_usage_from(gate[0]);
}

void clock_reading(benchmark::State& state) {
  repeat(state, [] { benchmark::DoNotOptimize(now_ns()); });
}

/// One that does next to nothing, and that no library answers by itself.
void system_call(benchmark::State& state) {
  repeat(state, [] { syscall(SYS_getppid); });
}

void lock(benchmark::State& state) {
  std::mutex mutex;
  repeat(state, [&] {
    mutex.lock();
    benchmark::DoNotOptimize(mutex);
    mutex.unlock();
  });
}

/// Each address is known when the one before has been read. Huge pages, where
/// they are to be had: it is about memory, and not about finding the page.
void memory_reference(benchmark::State& state) {
  struct alignas(64) Line {
    std::size_t next;
  };
  constexpr std::size_t kLines = kFar / sizeof(Line);
  static const Touched memory(kFar);
  const std::span<Line> lines = memory.as<Line>();
  std::vector<std::uint32_t> order(kLines);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::minstd_rand(1));
  for (std::size_t i = 0; i < kLines; ++i) {
    lines[order[i]].next = order[(i + 1) % kLines];
  }
  std::size_t at = 0;
  repeat(state, [&] { at = lines[at].next; });
  benchmark::DoNotOptimize(at);
}

void megabyte(benchmark::State& state) {
  constexpr std::size_t kWords = (1 << 20) / sizeof(std::uint64_t);
  static const Touched memory(kFar);
  const std::span<const std::uint64_t> words = memory.as<std::uint64_t>();
  std::size_t from = 0;
  repeat(state, [&] {
    const auto begin = words.begin() + static_cast<std::ptrdiff_t>(from);
    benchmark::DoNotOptimize(
        std::accumulate(begin, begin + kWords, std::uint64_t{0}));
    from = (from + kWords) % words.size();
  });
}

/// Two threads on one core that give way to one another.
void context_switch(benchmark::State& state) {
  const std::size_t turns = (all_iterations(state) + 1) / 2;
  SharedArray<Gate> gate(1);
  Crew other(gate[0], 1, [&](std::uint32_t) {
    gate[0].enter();
    for (std::size_t i = 0; i < turns; ++i) sched_yield();
  });
  gate[0].enter();
  while (state.KeepRunningBatch(2)) sched_yield();
  other.join();
  count_usage_from(gate[0]);
}

/// Two threads on two cores that wait for each other's word by looking at it.
void cache_line(benchmark::State& state) {
  const std::vector<int>& cpus = primitive_task().cpus;
  const std::size_t turns = (all_iterations(state) + 1) / 2;
  SharedArray<std::atomic<std::size_t>> word(1);
  const auto pass_on = [&](std::size_t from) {
    while (word[0].load(std::memory_order_acquire) != from) {
    }
    word[0].store(from + 1, std::memory_order_release);
  };
  SharedArray<Gate> gate(1);
  Crew other(gate[0], 1, [&](std::uint32_t) {
    bind_to({cpus.back()});
    gate[0].enter();
    for (std::size_t i = 0; i < turns; ++i) pass_on(2 * i + 1);
  });
  bind_to({cpus.front()});
  gate[0].enter();
  std::size_t i = 0;
  while (state.KeepRunningBatch(2)) pass_on(2 * i++);
  other.join();
  count_usage_from(gate[0]);
}

/// Takes connections that are there already; making and closing them is in
/// the CPU time and not in the time.
void accept_one(benchmark::State& state) {
  constexpr std::size_t kAtOnce = 64;
  const Fd listener(
      check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  check(bind(listener.get(), general(address), size), "bind");
  check(listen(listener.get(), kAtOnce), "listen");
  check(
      getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size),
      "getsockname");
  SharedArray<Gate> gate(1);
  gate[0].enter();
  while (state.KeepRunningBatch(kAtOnce)) {
    state.PauseTiming();
    std::array<Fd, kAtOnce> clients;
    for (Fd& client : clients) {
      client =
          Fd(check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
      reset_when_closed(client.get());
      check(connect(client.get(), general(address), size), "connect");
    }
    std::array<int, kAtOnce> servers{};
    state.ResumeTiming();
    for (int& server : servers) {
      server = accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC);
    }
    state.PauseTiming();
    for (Fd& client : clients) client.reset();
    for (const int server : servers) close(check(server, "accept"));
    state.ResumeTiming();
  }
  count_usage_from(gate[0]);
}

const RegisterPrimitive registered[] = {
    RegisterPrimitive{
        price("calls", "clock", "reading the clock", clock_reading, {1})},
    RegisterPrimitive{
        price("calls", "system-call", "getppid()", system_call, {1})},
    RegisterPrimitive{price("calls", "lock",
                            "taking and leaving a mutex that nobody else wants",
                            lock, {1})},
    RegisterPrimitive{price("calls", "memory-reference",
                            "a word that is in no cache", memory_reference,
                            {1})},
    RegisterPrimitive{price("calls", "megabyte",
                            "reading 1 MiB of memory in a row", megabyte, {1})},
    RegisterPrimitive{price("calls", "context-switch",
                            "two threads on one core give way to one another",
                            context_switch, {1})},
    RegisterPrimitive{price("calls", "cache-line",
                            "a cache line goes from one core to another",
                            cache_line, {2})},
    RegisterPrimitive{price("calls", "accept",
                            "taking a connection that is there already",
                            accept_one, {1})},
};

const RegisterScenario scenario{
    prices("calls", "single operations, from a lock to a connection", {})};

}  // namespace
}  // namespace bench
