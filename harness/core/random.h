// Random numbers that are the same everywhere for the same seed.
#pragma once

#include <cstdint>

namespace bench {

/// Number j of the SplitMix64 generator that starts at `start`.
/// [Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014]
constexpr std::uint64_t split_mix(std::uint64_t start, std::uint64_t j) {
  std::uint64_t x = start + (j + 1) * 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace bench
