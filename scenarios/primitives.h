// What the bare mechanisms have in common.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/core/primitive.h"
#include "harness/core/scenario.h"
#include "harness/posix/clock.h"
#include "scenarios/kernels.h"
#include "scenarios/random.h"

namespace bench {

inline std::uint32_t workers_of(const benchmark::State& state) {
  return static_cast<std::uint32_t>(state.range(0));
}

/// For mechanisms that run all iterations by themselves: 1 turn = all.
inline std::size_t all_iterations(const benchmark::State& state) {
  return static_cast<std::size_t>(state.max_iterations);
}

/// The answer of job i where nothing is to be computed.
struct NoWork {
  std::uint64_t operator()(std::uint64_t i) const { return random_of(1, i); }
};

/// The answer of job i of a scenario that computes (cpu, grain).
struct KernelWork {
  const PrimitiveTask& task = primitive_task();
  const Kernel& kernel = kernel_named(task.parameters.word("kernel"));
  std::uint64_t size = static_cast<std::uint64_t>(task.parameters.real("size"));

  std::uint64_t operator()(std::uint64_t i) const {
    return kernel.run(random_of(task.seed, i), size);
  }
};

/// An answer and two readings of the clock, which no model can do without.
template <typename Answer = NoWork>
void do_bare_job(std::uint64_t i, const Answer& answer = {}) {
  benchmark::DoNotOptimize(now_ns());
  benchmark::DoNotOptimize(answer(i));
  benchmark::DoNotOptimize(now_ns());
}

/// Memory that this process has written to, in pages of 4 KiB or, where
/// whoever asks gets them, of 2 MiB. [madvise(2)]
class Touched {
 public:
  explicit Touched(std::size_t size, bool huge = true);
  Touched(const Touched&) = delete;
  Touched& operator=(const Touched&) = delete;
  ~Touched();

  /// Elements with a value of 0.
  template <typename T>
  std::span<T> as() const {
    return {static_cast<T*>(memory_), size_ / sizeof(T)};
  }

 private:
  const std::size_t size_;
  void* memory_ = nullptr;
};

/// A primitive that is a price of the machine: one worker, on so many cores.
PrimitiveInfo price(std::string scenario, std::string id, std::string summary,
                    std::function<void(benchmark::State&)> body,
                    std::vector<int> cores,
                    bool (*fits)(const Parameters&) = PrimitiveInfo{}.fits);
/// A scenario that cannot make jobs: its cells are the primitives that name it.
/// There are many of them, and each is short.
ScenarioInfo prices(std::string id, std::string summary,
                    std::vector<Parameter> parameters);

/// Work is cut into pieces of one length.
inline bool jobs_are_even(const Parameters& parameters) {
  return parameters.real("spread") == 0;
}

}  // namespace bench
