// Histogram: how long things took, counted so finely that percentiles of it
// are those of the sorted times to one part in a thousand.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/core/log_linear.h"
#include "harness/core/percentiles.h"

namespace bench {

/// Nanoseconds from 0 to 2^40, which is 18 minutes; what is longer counts as
/// that in percentiles, and as what it is in mean() and max(). `kBits`: a
/// percentile is wrong by at most 2^-kBits of itself. Adding allocates nothing.
/// One thread uses an object at a time.
template <unsigned kBits, typename Count = std::uint64_t>
class HistogramOf {
 public:
  using Buckets = LogLinear<kBits, 40>;

  HistogramOf() : counts_(Buckets::kBuckets, 0) {}

  void add(std::int64_t nanoseconds) {
    ++counts_[Buckets::of(nanoseconds)];
    ++count_;
    sum_ += static_cast<double>(nanoseconds);
    max_ = std::max(max_, nanoseconds);
  }

  void merge(const HistogramOf& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      counts_[i] += other.counts_[i];
    }
    count_ += other.count_;
    sum_ += other.sum_;
    max_ = std::max(max_, other.max_);
  }

  std::uint64_t count() const { return count_; }
  /// Nanoseconds; 0 if nothing has been added.
  std::int64_t max() const { return max_; }
  double mean() const {
    return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
  }

  /// The time that `fraction` of all do not exceed (nearest rank); nanoseconds.
  /// Those in a bucket are taken to lie at equal distances in it. Empty if
  /// there are fewer than `least` (at least one).
  /// REQUIRES: 0 < fraction <= 1.
  std::optional<double> percentile(double fraction,
                                   std::uint64_t least = 1) const {
    if (count_ == 0 || count_ < least) return std::nullopt;
    const std::uint64_t rank = rank_of(fraction, count_);
    std::uint64_t below = 0;
    std::size_t bucket = 0;
    while (below + counts_[bucket] < rank) below += counts_[bucket++];
    const auto from = static_cast<double>(Buckets::lower(bucket));
    const auto to = static_cast<double>(Buckets::lower(bucket + 1));
    const double place = (static_cast<double>(rank - below) - 0.5) /
                         static_cast<double>(counts_[bucket]);
    // Whole nanoseconds: a bucket that is one wide holds its lower bound only.
    return std::min(from + (to - from - 1) * place, static_cast<double>(max_));
  }

  /// Calls `use(lower bound in nanoseconds, count)` for each bucket that is
  /// not empty, the shortest first.
  template <typename Use>
  void for_each(Use use) const {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] > 0) use(Buckets::lower(i), counts_[i]);
    }
  }

 private:
  std::vector<Count> counts_;
  std::uint64_t count_ = 0;
  double sum_ = 0;
  std::int64_t max_ = 0;
};

/// Errors of a tenth of a per cent at most.
using Histogram = HistogramOf<10>;

}  // namespace bench
