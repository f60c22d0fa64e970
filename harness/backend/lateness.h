// Lateness: a histogram of time spans whose buckets grow with what they hold.
//
// 32 buckets for each power of two nanoseconds, so that a bucket's border is
// at most 1/32 away from any span in it, from nanoseconds to minutes.
// [the log-linear buckets of HdrHistogram and of fio's latency figures]
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/core/log_linear.h"
#include "harness/core/percentiles.h"

namespace bench {

using LatenessBuckets = LogLinear<5, 40>;
constexpr std::size_t kLatenessBuckets = LatenessBuckets::kBuckets;

constexpr std::size_t lateness_bucket(std::int64_t nanoseconds) {
  return LatenessBuckets::of(nanoseconds);
}

/// The longest span that belongs to a bucket; seconds.
constexpr double lateness_border(std::size_t bucket) {
  return static_cast<double>(LatenessBuckets::lower(bucket + 1) - 1) * 1e-9;
}

/// Counts at one moment, or between two moments.
struct Lateness {
  std::array<std::uint64_t, kLatenessBuckets> counts{};

  std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts) sum += count;
    return sum;
  }

  /// The span that `fraction` of all do not exceed (nearest rank), up to 3 %
  /// too long; seconds. Empty if nothing has been counted.
  /// REQUIRES: 0 < fraction <= 1.
  std::optional<double> quantile_seconds(double fraction) const {
    const std::uint64_t all = total();
    if (all == 0) return std::nullopt;
    const std::uint64_t rank = rank_of(fraction, all);
    std::uint64_t reached = 0;
    std::size_t bucket = 0;
    for (; bucket + 1 < counts.size(); ++bucket) {
      reached += counts[bucket];
      if (reached >= rank) break;
    }
    return lateness_border(bucket);
  }
};

}  // namespace bench
