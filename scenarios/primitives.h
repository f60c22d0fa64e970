// What the bare mechanisms have in common.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>

#include "harness/core/primitive.h"
#include "harness/posix/clock.h"
#include "scenarios/random.h"

namespace bench {

inline std::uint32_t workers_of(const benchmark::State& state) {
  return static_cast<std::uint32_t>(state.range(0));
}

/// For mechanisms that run all iterations by themselves: 1 turn = all.
inline std::size_t all_iterations(const benchmark::State& state) {
  return static_cast<std::size_t>(state.max_iterations);
}

/// An answer and two readings of the clock, which no model can do without.
inline void do_bare_job(std::uint64_t i) {
  benchmark::DoNotOptimize(now_ns());
  benchmark::DoNotOptimize(random_of(1, i));
  benchmark::DoNotOptimize(now_ns());
}

}  // namespace bench
