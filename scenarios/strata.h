// Strata: uneven jobs whose mean is the same in every run.
//
// Every kStrata consecutive jobs take the quantiles of one distribution, in an
// order that depends on the seed. So their sum is exactly what as many even
// jobs would have.
#pragma once

#include <cstdint>

#include "scenarios/random.h"

namespace bench {

constexpr std::uint64_t kStrata = 64;

/// The middle of stratum k, between 0 and 1.
constexpr double middle_of(std::uint64_t k) {
  return (static_cast<double>(k) + 0.5) / kStrata;
}

/// A bijection of 0 .. 63 that depends on `key`: odd factors and shifted
/// exclusive ors can all be undone.
constexpr std::uint64_t shuffled(std::uint64_t position, std::uint64_t key) {
  static_assert(kStrata == 64);
  std::uint64_t x = position;
  for (int round = 0; round < 3; ++round, key >>= 16) {
    x = ((x + key) * ((key >> 6) | 1)) & 63;
    x ^= x >> 3;
  }
  return x;
}

/// The stratum of job i; `stream` keeps several distributions apart.
constexpr std::uint64_t stratum_of(std::uint64_t seed, std::uint64_t i,
                                   std::uint64_t stream) {
  return shuffled(i % kStrata, random_of(seed, i / kStrata, stream));
}

}  // namespace bench
