// Probes: like is compared with like, and remembered.
#include "harness/sweep/probes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/posix/clock.h"
#include "harness/system/cpus.h"

namespace bench {
namespace {

std::uint64_t sum(std::uint64_t input, std::uint64_t size) {
  for (std::uint64_t i = 0; i < size; ++i) {
    input += i;
    asm volatile("" : "+r"(input));
  }
  return input;
}

std::vector<std::string> kinds_of(const Probes& probes) {
  std::vector<std::string> all;
  for (const Json& set : probes.describe()) all.push_back(set.at("kind"));
  return all;
}

TEST(Probes, DoWhatJobsComputeOrSomethingLikeIt) {
  const std::vector<int> one = {allowed_cpus().front()};
  Probes probes;
  probes.get_to_know({"sum", sum}, one);
  probes.get_to_know({"slow-to-start", sum, false}, one);
  probes.get_to_know({}, one);
  EXPECT_THAT(kinds_of(probes), testing::ElementsAre("sum", "chain", "roots"));
}

TEST(Probes, KnowEachSetOfCpusForItself) {
  const std::vector<int> cpus = allowed_cpus();
  const Computing computing{"sum", sum};
  Probes probes;
  probes.get_to_know(computing, {cpus.front()});
  probes.get_to_know(computing, cpus);
  probes.get_to_know(computing, cpus);
  const Json sets = probes.describe();
  ASSERT_EQ(sets.size(), cpus.size() > 1 ? 2u : 1u);
  EXPECT_EQ(sets.front().at("alone_seconds").size(), 1u);
  EXPECT_TRUE(sets.front().at("together_ratio").is_null());
  EXPECT_TRUE(sets.front().at("round_trip_seconds").is_null());
  const Json& all = sets.back();
  EXPECT_EQ(all.at("cpus"), Json(cpus));
  EXPECT_EQ(all.at("alone_seconds").size(), cpus.size());
  EXPECT_EQ(all.at("together_seconds").size(), cpus.size());
  EXPECT_EQ(all.at("together_ratio").is_number(), cpus.size() > 1);
}

TEST(Probes, KeepTheSlowerOfTwoLooks) {
  const std::vector<int> cpus = allowed_cpus();
  Probes probes;
  Weather weather;
  probes.look({"sum", sum}, cpus, weather);
  ASSERT_TRUE(weather.spin_probe_seconds);
  const Weather first = weather;
  sleep_for(std::chrono::milliseconds(5));  // or it would be the same look
  probes.look({"sum", sum}, cpus, weather);
  EXPECT_EQ(weather.probe_kind, "sum");
  EXPECT_GE(*weather.spin_probe_seconds, *first.spin_probe_seconds);
  EXPECT_GE(weather.spin_probe_ratio, first.spin_probe_ratio);
  EXPECT_EQ(weather.together_ratio.has_value(), cpus.size() > 1);
  if (first.together_ratio) {
    EXPECT_LE(*weather.together_ratio, *first.together_ratio);
  }
}

TEST(Probes, SayNothingOfCpusThatAreNotOurs) {
  Probes probes;
  Weather weather;
  probes.look({"sum", sum}, {4000}, weather);
  EXPECT_FALSE(weather.spin_probe_seconds);
  EXPECT_EQ(weather.spin_probe_ratio, 1);
  EXPECT_TRUE(probes.describe().empty());
}

}  // namespace
}  // namespace bench
