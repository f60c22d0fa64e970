// Capacities: one rate for all, from what each of them reaches.
#include "harness/sweep/capacities.h"

#include <gtest/gtest.h>

#include "harness/core/registry.h"

namespace bench {
namespace {

class CapacitiesTest : public testing::Test {
 protected:
  CapacitiesTest() {
    plan_.workloads.resize(2);
    for (Workload& workload : plan_.workloads) {
      workload.scenario = &scenario_named("http");
    }
    for (const char* model : {"sequential", "event-loop", "prefork"}) {
      for (Workload& workload : plan_.workloads) {
        plan_.cells.push_back(
            {.workload = &workload, .subject = Subject(model_named(model))});
      }
    }
  }

  /// The closed loop of the `i`-th model reaches so much, with such a share of
  /// the generator.
  void reach(std::size_t i, double rate, double busy) {
    capacities_.learn(plan_.cells[2 * i],
                      {{"status", "ok"},
                       {"jobs_per_second", rate},
                       {"http", {{"generator_cpu_share", busy}}}});
  }
  double common(Traffic::Of of) {
    plan_.workloads[1].traffic.share = 70;
    plan_.workloads[1].traffic.of = of;
    return capacities_.common_rate(plan_, plan_.cells[1], {1234, 2000, 3000});
  }

  Plan plan_;
  Capacities capacities_;
};

TEST_F(CapacitiesTest, AreMediansOfRounds) {
  EXPECT_FALSE(capacities_.of(plan_.cells[0]));
  for (const double rate : {100.0, 300.0, 110.0}) reach(0, rate, 0.1);
  EXPECT_EQ(capacities_.of(plan_.cells[0]), 110);
  reach(0, 120, 0.1);
  EXPECT_EQ(capacities_.of(plan_.cells[0]), 115);
}

TEST_F(CapacitiesTest, MakeOneRateForAll) {
  EXPECT_EQ(common(Traffic::Of::least), 860);  // for want of rounds
  EXPECT_EQ(common(Traffic::Of::median), 1'400);
  reach(0, 10'000, 0.1);
  reach(1, 50'000, 0.3);
  reach(2, 90'000, 0.5);
  EXPECT_EQ(common(Traffic::Of::least), 7'000);
  EXPECT_EQ(common(Traffic::Of::median), 35'000);
}

TEST_F(CapacitiesTest, AreNotThoseOfWhoHasOneClient) {
  for (Cell& cell : plan_.cells) cell.size.in_flight = 64;
  plan_.cells[0].size.in_flight = 1;
  reach(0, 10'000, 0.1);
  reach(1, 50'000, 0.3);
  plan_.workloads[1].traffic.share = 70;
  plan_.workloads[1].traffic.of = Traffic::Of::least;
  EXPECT_EQ(capacities_.common_rate(plan_, plan_.cells[3], {}), 35'000);
}

TEST_F(CapacitiesTest, LeaveTheGeneratorTime) {
  reach(1, 50'000, 1.0);  // 50,000 a second are all that it can do
  reach(2, 90'000, 0.5);
  EXPECT_EQ(common(Traffic::Of::median), 30'000);
}

TEST_F(CapacitiesTest, AreEasedUntilTheGeneratorHasTime) {
  EXPECT_EQ(eased(79'123, 0.6), 79'123);
  EXPECT_EQ(eased(80'000, 1.1), 20'000);
  for (const double share : {0.601, 0.7, 1.0}) {
    EXPECT_LT(eased(80'000, share), 80'000) << share;
  }
}

}  // namespace
}  // namespace bench
