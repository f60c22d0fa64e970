// Histogram: its percentiles against those of the sorted times.
#include "harness/load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <vector>

namespace bench {
namespace {

constexpr std::int64_t kTenMinutes = 600'000'000'000;

TEST(LogLinear, EveryBucketBeginsWhereTheOneBeforeEnds) {
  using Buckets = Histogram::Buckets;
  for (std::size_t i = 0; i < Buckets::kBuckets; ++i) {
    const auto first = static_cast<std::int64_t>(Buckets::lower(i));
    const auto next = static_cast<std::int64_t>(Buckets::lower(i + 1));
    ASSERT_EQ(Buckets::of(first), i);
    ASSERT_EQ(Buckets::of(next - 1), i);
    ASSERT_LE(static_cast<double>(next - 1 - first),
              static_cast<double>(first) / 1000);
  }
  EXPECT_EQ(Buckets::lower(Buckets::kBuckets), std::uint64_t{1} << 40);
  EXPECT_EQ(Buckets::of(-1), 0U);
  EXPECT_EQ(Buckets::of(INT64_MAX), Buckets::kBuckets - 1);
}

/// Times of one kind or another, all between 1 ns and ten minutes.
std::vector<std::int64_t> times(int kind, std::size_t count) {
  std::mt19937_64 random(static_cast<std::uint64_t>(kind) + 7);
  std::uniform_real_distribution<double> unit(0, 1);
  std::vector<std::int64_t> all;
  for (std::size_t i = 0; i < count; ++i) {
    const double u = unit(random);
    const double time = kind == 0   ? std::exp(u * std::log(kTenMinutes))
                        : kind == 1 ? 1 + 2000 * u
                        : kind == 2 ? 50'000 - 40'000 * std::log(1 - u)
                        : u < 0.99  ? 100'000
                                    : 5e9;
    all.push_back(static_cast<std::int64_t>(std::min(time, 6e11)));
  }
  return all;
}

TEST(Histogram, PercentilesAreThoseOfTheSortedTimes) {
  for (int kind = 0; kind < 4; ++kind) {
    for (const std::size_t count : {1U, 2U, 10U, 999U, 100'000U}) {
      std::vector<std::int64_t> all = times(kind, count);
      Histogram histogram;
      for (const std::int64_t time : all) histogram.add(time);
      std::sort(all.begin(), all.end());
      for (const double fraction : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        const auto rank = static_cast<std::size_t>(
            std::ceil(fraction * static_cast<double>(count)));
        const auto exact = static_cast<double>(all[rank - 1]);
        EXPECT_NEAR(*histogram.percentile(fraction), exact, exact / 1000)
            << "kind " << kind << ", " << count << " times, p" << fraction;
      }
      EXPECT_EQ(histogram.count(), count);
      EXPECT_EQ(histogram.max(), all.back());
    }
  }
}

TEST(Histogram, ShortTimesAreExact) {
  Histogram histogram;
  for (int time = 0; time <= 1000; ++time) histogram.add(time);
  EXPECT_EQ(*histogram.percentile(0.5), 500);
  EXPECT_EQ(*histogram.percentile(1), 1000);
  EXPECT_DOUBLE_EQ(histogram.mean(), 500);
}

TEST(Histogram, SaysNothingForWantOfSamples) {
  Histogram histogram;
  EXPECT_FALSE(histogram.percentile(0.5).has_value());
  EXPECT_EQ(histogram.mean(), 0);
  for (int i = 0; i < 9'999; ++i) histogram.add(5);
  EXPECT_FALSE(histogram.percentile(0.99, 10'000).has_value());
  histogram.add(5);
  EXPECT_EQ(histogram.percentile(0.99, 10'000), 5);
}

TEST(Histogram, WhatIsTooLongStaysInMeanAndMaximum) {
  Histogram histogram;
  histogram.add(2 * kTenMinutes);
  EXPECT_EQ(histogram.max(), 2 * kTenMinutes);
  EXPECT_EQ(histogram.mean(), 2.0 * kTenMinutes);
  EXPECT_LT(*histogram.percentile(0.5), 1.1e12);
}

TEST(Histogram, MergingIsAddingAll) {
  Histogram one;
  Histogram other;
  Histogram both;
  std::size_t i = 0;
  for (const std::int64_t time : times(2, 10'000)) {
    (i++ % 3 == 0 ? one : other).add(time);
    both.add(time);
  }
  one.merge(other);
  std::map<std::uint64_t, std::uint64_t> merged;
  std::map<std::uint64_t, std::uint64_t> added;
  const auto into = [](auto& map) {
    return [&map](std::uint64_t lower, std::uint64_t count) {
      map[lower] = count;
    };
  };
  one.for_each(into(merged));
  both.for_each(into(added));
  EXPECT_EQ(merged, added);
  EXPECT_EQ(one.count(), both.count());
  EXPECT_EQ(one.max(), both.max());
  EXPECT_NEAR(one.mean(), both.mean(), 1e-6 * both.mean());
}

}  // namespace
}  // namespace bench
