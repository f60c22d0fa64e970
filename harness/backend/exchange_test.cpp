// Exchange and Lateness: numbers that must agree by all roads.
#include "harness/backend/exchange.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/backend/lateness.h"

namespace bench {
namespace {

std::vector<std::byte> answer(const Question& question) {
  std::vector<std::byte> bytes(question.bytes);
  fill_answer(question.key, bytes);
  return bytes;
}

TEST(Exchange, DigestsAreTheSameByAllRoads) {
  for (const std::uint32_t bytes : {0, 1, 7, 8, 9, 255, 256, 1000}) {
    const std::vector<std::byte> all = answer({.key = 5, .bytes = bytes});
    EXPECT_EQ(digest_of(all), digest_of_answer(5, bytes)) << bytes;
    for (const std::size_t piece : {1, 3, 8, 13, 64}) {
      Digest digest;
      for (std::size_t at = 0; at < all.size(); at += piece) {
        digest.add(
            std::span(all).subspan(at, std::min(piece, all.size() - at)));
      }
      EXPECT_EQ(digest.value(), digest_of(all)) << bytes << " by " << piece;
    }
  }
}

TEST(Exchange, DigestsSeeEveryByteAndItsPlace) {
  std::vector<std::byte> bytes = answer({.key = 5, .bytes = 100});
  const std::uint64_t right = digest_of(bytes);
  for (std::byte& byte : bytes) {
    byte ^= std::byte{1};
    EXPECT_NE(digest_of(bytes), right);
    byte ^= std::byte{1};
  }
  std::swap_ranges(bytes.begin(), bytes.begin() + 8, bytes.begin() + 8);
  EXPECT_NE(digest_of(bytes), right);
  EXPECT_NE(digest_of_answer(5, 99), right);
  EXPECT_NE(digest_of_answer(6, 100), right);
  EXPECT_NE(digest_of(std::vector<std::byte>(8)), digest_of({}));
}

TEST(Exchange, AnAnswerCanBeMadeFromAnyWordOn) {
  const std::vector<std::byte> whole = answer({.key = 7, .bytes = 83});
  std::vector<std::byte> end(83 - 3 * 8);
  fill_answer(7, end, 3);
  EXPECT_TRUE(std::equal(end.begin(), end.end(), whole.begin() + 24));
}

TEST(Lateness, BucketsAreNarrowAndInOrder) {
  std::size_t before = 0;
  for (std::int64_t span = 0; span < 100'000'000'000; span += span / 50 + 1) {
    const std::size_t bucket = lateness_bucket(span);
    EXPECT_GE(bucket, before);
    const double exact = static_cast<double>(span) * 1e-9;
    EXPECT_GE(lateness_border(bucket), exact * 0.999999);
    EXPECT_LE(lateness_border(bucket), exact * 1.04 + 1e-9);
    before = bucket;
  }
  EXPECT_EQ(lateness_bucket(-1), 0U);
  EXPECT_EQ(lateness_bucket(INT64_MAX), kLatenessBuckets - 1);
}

TEST(Lateness, QuantilesAreNearestRanks) {
  Lateness lateness;
  EXPECT_FALSE(lateness.quantile_seconds(0.99).has_value());
  for (int i = 1; i <= 20; ++i) ++lateness.counts[lateness_bucket(i)];
  EXPECT_DOUBLE_EQ(*lateness.quantile_seconds(0.5), 10e-9);
  EXPECT_DOUBLE_EQ(*lateness.quantile_seconds(0.99), 20e-9);
  EXPECT_DOUBLE_EQ(*lateness.quantile_seconds(1), 20e-9);
}

}  // namespace
}  // namespace bench
