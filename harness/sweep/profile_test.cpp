// Profile: whose noise floor it is.
#include "harness/sweep/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/posix/temporary_folder.h"

namespace bench {
namespace {

using testing::HasSubstr;

Json pair(const std::string& scenario, const std::string& metric, Json d) {
  return {{"scenario", scenario}, {"metric", metric}, {"d", std::move(d)}};
}

Json machine() {
  return {{"cpu_model", "A CPU"},
          {"num_cpus", 2},
          {"kernel", "Linux 6.1"},
          {"warnings", Json::array()},
          {"noise_floor", nullptr},
          {"noise", {{"control", nullptr}, {"calibrated", nullptr}}}};
}

Json profile() {
  Json json = machine();
  json["pairs"] = {pair("cpu", "jobs_per_second", 0.01),
                   pair("cpu", "jobs_per_second", 0.02),
                   pair("cpu", "jobs_per_second", nullptr),
                   pair("cpu", "cpu_seconds_per_job", 0.5),
                   pair("http", "jobs_per_second", 0.07)};
  return json;
}

class Profile : public testing::Test {
 protected:
  Json context_with(const std::string& text,
                    const std::vector<std::string>& scenarios = {"cpu"}) const {
    std::ofstream(path_) << text;
    Json context = machine();
    add_profile(path_, scenarios, context);
    return context;
  }

  const TemporaryFolder folder_{"profile"};
  const std::string path_ = folder_.path() + "/machine.json";
};

TEST_F(Profile, CountsTheLargestOfTheRunsOwnScenarios) {
  const std::string text = profile().dump();
  EXPECT_EQ(context_with(text).at("noise_floor"), 0.02);
  EXPECT_EQ(context_with(text, {"cpu", "http"}).at("noise_floor"), 0.07);
  EXPECT_TRUE(context_with(text, {"io"}).at("noise_floor").is_null());
  EXPECT_EQ(context_with(text).at("noise").at("calibrated"), profile());
  EXPECT_TRUE(context_with(text).at("warnings").empty());
}

TEST_F(Profile, KnowsWhatThingsCostWhereNobodyMeasuredTheNoise) {
  Json costs = machine();
  costs["costs"] = {{"date", "today"}, {"prices", Json::array()}};
  Json context = context_with(costs.dump());
  EXPECT_EQ(context.at("costs"), costs.at("costs"));
  EXPECT_TRUE(context.at("noise").at("calibrated").is_null());
  EXPECT_TRUE(context.at("warnings").empty());

  Json both = profile();
  both["costs"] = costs.at("costs");
  context = context_with(both.dump());
  EXPECT_EQ(context.at("costs"), costs.at("costs"));
  EXPECT_EQ(context.at("noise").at("calibrated"), profile());
}

TEST_F(Profile, MakesNoTiesOfANoisyHour) {
  Json noisy = profile();
  noisy["pairs"].push_back(pair("cpu", "jobs_per_second", 1.6));
  const Json context = context_with(noisy.dump());
  EXPECT_TRUE(context.at("noise_floor").is_null());
  EXPECT_EQ(context.at("noise").at("calibrated"), noisy);
  ASSERT_EQ(context.at("warnings").size(), 1u);
  EXPECT_THAT(context.at("warnings")[0].get<std::string>(),
              HasSubstr("makes no ties"));
}

TEST_F(Profile, IsNotUsedOnAnotherMachine) {
  for (const char* key : {"cpu_model", "num_cpus", "kernel"}) {
    Json other = profile();
    other[key] = "another";
    const Json context = context_with(other.dump());
    EXPECT_TRUE(context.at("noise_floor").is_null());
    EXPECT_TRUE(context.at("noise").at("calibrated").is_null());
    ASSERT_EQ(context.at("warnings").size(), 1u);
    EXPECT_THAT(context.at("warnings")[0].get<std::string>(),
                HasSubstr(std::string(key) + " was \"another\""));
  }
}

TEST_F(Profile, IsAWarningIfItCannotBeRead) {
  for (const char* text : {"", "{", "[]", R"({"cpu_model": "A CPU"})"}) {
    const Json context = context_with(text);
    EXPECT_TRUE(context.at("noise_floor").is_null());
    ASSERT_EQ(context.at("warnings").size(), 1u) << text;
    EXPECT_THAT(context.at("warnings")[0].get<std::string>(),
                HasSubstr("cannot be read"));
  }
}

TEST_F(Profile, IsNoneWithoutAFile) {
  Json context = machine();
  add_profile(folder_.path() + "/nothing.json", {"cpu"}, context);
  EXPECT_EQ(context, machine());
}

}  // namespace
}  // namespace bench
