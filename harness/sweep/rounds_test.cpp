// Rounds: how long, and in which sequence.
#include "harness/sweep/rounds.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <vector>

#include "harness/core/registry.h"

namespace bench {
namespace {

TEST(Rounds, MeasuresLongWaitsLonger) {
  Request request;
  Workload workload;
  workload.scenario = find_scenarios("--scenario", "cpu").front();
  EXPECT_DOUBLE_EQ(duration_of(request, workload), 0.25);
  workload.demand.wait = 0.010;
  EXPECT_DOUBLE_EQ(duration_of(request, workload), 0.25);
  workload.demand.wait = 0.050;
  EXPECT_DOUBLE_EQ(duration_of(request, workload), 0.75);
  workload.demand.wait = 1;
  EXPECT_DOUBLE_EQ(duration_of(request, workload), 15);
}

TEST(Turns, AreRoundsAndSharesComeBehindWhatTheyAreSharesOf) {
  Plan plan;
  plan.workloads.resize(2);
  plan.workloads[1].traffic.share = 70;
  for (int i = 0; i < 4; ++i) {
    plan.cells.push_back({.workload = &plan.workloads[i % 2 == 0 ? 1 : 0],
                          .subject = Subject(model_named("prefork"))});
  }
  const std::vector<Turn> turns = turns_of(plan, 3, 1);
  ASSERT_EQ(turns.size(), 12U);
  for (std::size_t i = 0; i < turns.size(); ++i) {
    EXPECT_EQ(turns[i].round, static_cast<int>(i % 6 / 2));
    EXPECT_EQ(turns[i].cell % 2, i < 6 ? 1U : 0U);
    EXPECT_TRUE(i % 2 == 0 || turns[i].cell != turns[i - 1].cell);
  }
}

TEST(Turns, MeasureInARowWhatIsCompared) {
  Plan plan;
  plan.workloads.resize(2);
  for (const char* model : {"sequential", "prefork", "thread-pool"}) {
    for (const Workload& workload : plan.workloads) {
      for (const int cores : {1, 2}) {
        plan.cells.push_back({.workload = &workload,
                              .subject = Subject(model_named(model)),
                              .cores = cores});
      }
    }
  }
  constexpr std::size_t kModels = 3;
  std::set<std::size_t> first;
  const std::vector<Turn> turns = turns_of(plan, 20, 1);
  ASSERT_EQ(turns.size(), 20 * plan.cells.size());
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const Cell& begin = plan.cells[turns[i - i % kModels].cell];
    const Cell& cell = plan.cells[turns[i].cell];
    EXPECT_EQ(cell.workload, begin.workload);
    EXPECT_EQ(cell.cores, begin.cores);
    if (i % plan.cells.size() == 0) first.insert(turns[i].cell);
  }
  EXPECT_GT(first.size(), kModels);  // neither of contests nor of models
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
