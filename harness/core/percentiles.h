// Percentiles: which ones are told, of how many samples, and by which rule.
#pragma once

#include <cmath>
#include <cstdint>

namespace bench {

/// A percentile and how many samples it needs: 100 above it.
struct Percentile {
  const char* name;
  double fraction;
  std::uint64_t least;
};
constexpr Percentile kPercentiles[] = {{"p50", 0.5, 1},
                                       {"p90", 0.9, 100},
                                       {"p99", 0.99, 10'000},
                                       {"p999", 0.999, 100'000}};

/// Nearest rank, from 1: the smallest sample with at least this share of all
/// below or at it. REQUIRES: 0 < fraction <= 1. [ISO 3534-1, sample quantile]
inline std::uint64_t rank_of(double fraction, std::uint64_t count) {
  return static_cast<std::uint64_t>(
      std::ceil(fraction * static_cast<double>(count)));
}

}  // namespace bench
