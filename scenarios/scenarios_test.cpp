// Scenarios: jobs depend on (seed, i) alone, and spread keeps the mean.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "harness/core/registry.h"
#include "harness/drive/blocking.h"
#include "scenarios/random.h"

namespace bench {
namespace {

Parameters defaults_of(const ScenarioInfo& info) {
  Parameters parameters;
  for (const Parameter& parameter : info.parameters) {
    parameters.set(parameter.name, parameter.fallback);
  }
  parameters.set("cpu-share", "50");
  parameters.set("wait", "timer");  // without a peer
  parameters.set("wait-ms", "0.1");
  parameters.set("life-ms", "0.1");
  parameters.set("size", "50");
  return parameters;
}

std::uint64_t answer(const Scenario& scenario, std::size_t i) {
  const auto job = scenario.job(i);
  drive_blocking(*job);
  return job->digest();
}

TEST(Scenarios, JobsGiveTheExpectedAnswersInAnyOrderTwice) {
  for (const ScenarioInfo& info : all_scenarios()) {
    if (info.make == nullptr) continue;
    const auto scenario = info.make(defaults_of(info), 5, {});
    const auto other = info.make(defaults_of(info), 6, {});
    std::set<std::uint64_t> answers;
    for (std::size_t i = 20; i-- > 0;) {
      EXPECT_EQ(answer(*scenario, i), scenario->expected(i)) << info.id;
      EXPECT_EQ(answer(*scenario, i), scenario->expected(i)) << info.id;
      answers.insert(scenario->expected(i));
    }
    EXPECT_GT(answers.size(), 15u) << info.id << ": jobs must differ";
    EXPECT_NE(scenario->expected(3), other->expected(3)) << info.id;
  }
}

TEST(Cpu, CalibrationFindsASizeAndKeepsOneThatIsGiven) {
  const ScenarioInfo& cpu = scenario_named("cpu");
  Parameters parameters = defaults_of(cpu);
  parameters.set("size", "");
  parameters.set("job-us", "100");
  EXPECT_GT(cpu.calibrate(parameters, {}).seconds, 0);
  EXPECT_GT(parameters.integer("size"), 0);
  parameters.set("size", "1234");
  EXPECT_GT(cpu.calibrate(parameters, {}).seconds, 0);
  EXPECT_EQ(parameters.integer("size"), 1234);
}

TEST(Cpu, SpreadMakesSomeJobsLongAndKeepsTheMean) {
  // The answer of kernel sqrt grows as size^1.5 * sqrt(n): what is checked
  // here is the size behind it, through the scenario's own numbers.
  const ScenarioInfo& cpu = scenario_named("cpu");
  Parameters parameters = defaults_of(cpu);
  parameters.set("size", "10000");
  parameters.set("spread", "1");
  const auto scenario = cpu.make(parameters, 1, {});
  double largest = 0;
  for (std::size_t block = 0; block < 50; ++block) {
    double sum = 0;
    for (std::size_t i = 64 * block; i < 64 * (block + 1); ++i) {
      const double n = 1 + static_cast<double>(random_of(1, i) % 1000);
      const double size = std::pow(
          1.5 * static_cast<double>(scenario->expected(i)) / std::sqrt(n),
          2.0 / 3);
      sum += size;
      largest = std::max(largest, size);
    }
    EXPECT_NEAR(sum / 64, 10'000, 100) << "jobs from " << 64 * block;
  }
  EXPECT_GT(largest, 120'000);
}

TEST(Random, StreamsAndIndicesDiffer) {
  EXPECT_NE(random_of(1, 2), random_of(2, 1));
  EXPECT_NE(random_of(1, 2, 0), random_of(1, 2, 1));
}

}  // namespace
}  // namespace bench
