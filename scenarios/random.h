// Pseudo-random numbers that depend on (seed, i) alone, in any order.
#pragma once

#include <cstdint>

namespace bench {

/// SplitMix64 as a hash: a bijection of 64 bits that passes for noise.
/// [Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014]
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// The random number of job i under `seed`; `stream` keeps several numbers of
/// one job apart.
constexpr std::uint64_t random_of(std::uint64_t seed, std::uint64_t i,
                                  std::uint64_t stream = 0) {
  return mix(mix(mix(seed) ^ i) ^ stream);
}

}  // namespace bench
