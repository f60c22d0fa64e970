// Tuning: where growing stops.
#include "harness/sweep/tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace bench {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::IsEmpty;

/// A machine on which candidate i does `rates[i]`, and which is `disturbance`
/// times as fast at its n-th measurement.
struct Machine {
  std::vector<double> rates;
  std::vector<double> disturbances = {1};
  std::size_t measured = 0;

  Pick pick() {
    return pick_candidate(rates.size(), [this](std::size_t i) {
      return rates[i] * disturbances[measured++ % disturbances.size()];
    });
  }
};

TEST(PickCandidate, StopsBeforeTheFirstThatIsHardlyFaster) {
  EXPECT_EQ((Machine{{100, 104, 200, 400}}.pick().candidate), 0u);
  EXPECT_EQ((Machine{{100, 110, 114, 200}}.pick().candidate), 1u);
  EXPECT_EQ((Machine{{100, 110, 121, 127}}.pick().candidate), 2u);
  EXPECT_EQ((Machine{{100, 110, 121, 134}}.pick().candidate), 3u);
  EXPECT_EQ((Machine{{100, 90, 200, 400}}.pick().candidate), 0u);
}

TEST(PickCandidate, SaysWhatItSaw) {
  EXPECT_THAT((Machine{{100, 150, 150, 400}}.pick().gains),
              ElementsAre(DoubleEq(1.5), DoubleEq(1)));
  EXPECT_THAT((Machine{{100}}.pick().gains), IsEmpty());
}

TEST(PickCandidate, IsNotMovedByDriftOrByAFewBursts) {
  // A machine that gets slower all the time, by 2 % a measurement.
  std::vector<double> drift(64, 0.98);
  std::partial_sum(drift.begin(), drift.end(), drift.begin(),
                   std::multiplies<>());
  EXPECT_EQ((Machine{{100, 100, 100, 100}, drift}.pick().candidate), 0u);
  EXPECT_EQ((Machine{{100, 115, 116, 116}, drift}.pick().candidate), 1u);
  // One measurement in five takes five times as long.
  EXPECT_EQ((Machine{{100, 100, 100}, {1, 1, 0.2, 1, 1}}.pick().candidate), 0u);
}

TEST(PickCandidate, KeepsTheLastThatWorked) {
  EXPECT_EQ((Machine{{0, 100}}.pick().candidate), 0u);
  const Pick pick = Machine{{100, 150, 0, 400}}.pick();
  EXPECT_EQ(pick.candidate, 1u);
  EXPECT_THAT(pick.gains, ElementsAre(DoubleEq(1.5)));
}

}  // namespace
}  // namespace bench
