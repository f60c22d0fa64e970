// Rounds: how long, and in which sequence.
#include "harness/sweep/rounds.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

#include "harness/core/registry.h"

namespace bench {
namespace {

TEST(Plan, MeasuresLongWaitsLonger) {
  Request request;
  Workload workload;
  workload.scenario = find_scenarios("--scenario", "cpu").front();
  EXPECT_DOUBLE_EQ(duration_of(request, workload), 1);
  workload.demand.wait = 0.050;
  EXPECT_DOUBLE_EQ(duration_of(request, workload), 3);
  workload.demand.wait = 1;
  EXPECT_DOUBLE_EQ(duration_of(request, workload), 15);
}

TEST(SequenceOfRound, IsAPermutationThatDependsOnSeedAndRound) {
  EXPECT_TRUE(rc::check("permutation", [] {
    const auto cells = *rc::gen::inRange<std::size_t>(0, 50);
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const auto sequence = sequence_of_round(cells, seed, 0);
    RC_ASSERT(sequence == sequence_of_round(cells, seed, 0));
    std::vector<bool> seen(cells, false);
    for (const std::size_t i : sequence) seen.at(i) = true;
    RC_ASSERT(std::count(seen.begin(), seen.end(), true) ==
              static_cast<std::ptrdiff_t>(cells));
  }));
  EXPECT_NE(sequence_of_round(20, 1, 0), sequence_of_round(20, 1, 1));
  EXPECT_NE(sequence_of_round(20, 1, 0), sequence_of_round(20, 2, 0));
}

}  // namespace
}  // namespace bench
