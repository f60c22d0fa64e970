// LogLinear: buckets for time spans that grow with what they hold.
//
// 2^kBits buckets for each power of two, so that a bucket is at most 2^-kBits
// of its lower bound wide. [HdrHistogram; fio's latency figures]
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace bench {

/// The buckets of spans from 0 to 2^kTop - 1 (any unit); what is longer belongs
/// to the last one, what is negative to the first.
template <unsigned kBits, unsigned kTop>
struct LogLinear {
  static_assert(kBits < kTop && kTop < 63);
  static constexpr std::uint64_t kFine = std::uint64_t{1} << kBits;
  static constexpr std::size_t kBuckets = (kTop - kBits + 1) * kFine;

  /// The bucket that `span` belongs to.
  static constexpr std::size_t of(std::int64_t span) {
    const auto value =
        static_cast<std::uint64_t>(std::max<std::int64_t>(span, 0));
    if (value < kFine) return value;
    const auto shift =
        static_cast<std::size_t>(std::bit_width(value)) - 1 - kBits;
    return std::min((shift << kBits) + (value >> shift), kBuckets - 1);
  }

  /// The shortest span in a bucket. That of bucket kBuckets is the first one
  /// that is too long for all.
  static constexpr std::uint64_t lower(std::size_t bucket) {
    if (bucket < kFine) return bucket;
    return ((bucket & (kFine - 1)) | kFine) << ((bucket >> kBits) - 1);
  }
};

}  // namespace bench
