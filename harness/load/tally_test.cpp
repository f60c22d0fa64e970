// Tally: what several threads have seen is what one would have seen.
#include "harness/load/tally.h"

#include <gtest/gtest.h>

namespace bench {
namespace {

TEST(Tally, TheSumOfThreadsIsExact) {
  const auto empty = [] { return Tally(2, Timeline(1000, 10'000)); };
  Tally one = empty();
  Tally parts[] = {empty(), empty(), empty()};
  for (std::int64_t i = 0; i < 30'000; ++i) {
    const std::int64_t nanoseconds = 1000 + i * i % 77'777;
    for (Tally* tally : {&one, &parts[i % 3]}) {
      ++tally->sent;
      ++tally->fates[static_cast<std::size_t>(i % 4)];
      ++tally->statuses[i % 2 == 0 ? 200 : 500];
      tally->latency[static_cast<std::size_t>(i % 2)].add(nanoseconds);
      tally->late_reading.add(nanoseconds / 2);
      tally->timeline.add(i % 10'000, nanoseconds);
    }
  }
  for (std::int64_t i = 0; i < 3; ++i) {
    parts[i].cpu_ns = parts[i].busiest_ns = 10 * (i + 1);
  }
  Tally sum = parts[0];
  sum.merge(parts[1]);
  sum.merge(parts[2]);
  EXPECT_EQ(sum.sent, one.sent);
  EXPECT_EQ(sum.fates, one.fates);
  EXPECT_EQ(sum.statuses, one.statuses);
  for (const double fraction : {0.5, 0.99, 0.999, 1.0}) {
    for (std::size_t kind = 0; kind < 2; ++kind) {
      EXPECT_EQ(sum.latency[kind].percentile(fraction),
                one.latency[kind].percentile(fraction));
    }
    EXPECT_EQ(sum.late_reading.percentile(fraction),
              one.late_reading.percentile(fraction));
  }
  for (std::size_t i = 0; i < one.timeline.buckets().size(); ++i) {
    EXPECT_EQ(sum.timeline.buckets()[i].count(),
              one.timeline.buckets()[i].count());
  }
  EXPECT_EQ(sum.cpu_ns, 60);
  EXPECT_EQ(sum.busiest_ns, 30);  // which is what a thread can be late with
}

}  // namespace
}  // namespace bench
