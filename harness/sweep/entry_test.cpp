// Entry: which weather is a flag, and which flag a sign of disturbance.
#include "harness/sweep/entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/registry.h"

namespace bench {
namespace {

using testing::Contains;
using testing::Not;

class EntryFlags : public testing::Test {
 protected:
  EntryFlags() {
    workload_.scenario = &scenario_named("cpu");
    for (const Parameter& one : workload_.scenario->parameters) {
      workload_.parameters.set(one.name, one.fallback);
    }
    prepared_.parameters = workload_.parameters;
  }

  Json entry_of(const std::string& model, const Weather& weather) const {
    Cell cell{.workload = &workload_,
              .subject = Subject(model_named(model)),
              .cores = 2};
    cell.size.workers = cell.subject.one_worker ? 1 : 2;
    const Trial trial{.cell = &cell, .prepared = &prepared_, .jobs = 10};
    const Json result = {
        {"status", "ok"},          {"jobs", 10},
        {"work_seconds", 0.1},     {"teardown_seconds", 0.0},
        {"cpu_user_seconds", 0.2}, {"cpu_system_seconds", 0.0}};
    return make_entry(trial, {}, 0, 0, result, weather);
  }

  std::vector<std::string> flags_of(const std::string& model,
                                    const Weather& weather) const {
    return entry_of(model, weather).at("flags");
  }

  Workload workload_;
  Prepared prepared_{.workload = &workload_};
};

TEST_F(EntryFlags, ACalmSkyHasNone) {
  Weather weather;
  weather.spin_probe_ratio = 1.05;
  weather.together_ratio = 1.2;
  weather.round_trip_seconds = 170e-9;
  EXPECT_THAT(flags_of("thread-pool", weather), testing::IsEmpty());
}

TEST_F(EntryFlags, CpusThatShareACoreAreNamedAndMeasuredOnce) {
  Weather weather;
  weather.together_ratio = 1.9;
  const Json entry = entry_of("thread-pool", weather);
  EXPECT_EQ(entry.at("together_ratio"), 1.9);
  EXPECT_THAT(flags_of("thread-pool", weather),
              Contains("cores-not-independent"));
  EXPECT_EQ(disturbance_of(entry), "");
  // One thread does not care.
  EXPECT_THAT(flags_of("sequential", weather),
              Not(Contains("cores-not-independent")));
}

TEST_F(EntryFlags, CpusThatShareNoCacheAreFarApart) {
  Weather weather;
  weather.round_trip_seconds = 400e-9;
  const Json entry = entry_of("prefork", weather);
  EXPECT_EQ(entry.at("round_trip_seconds"), 400e-9);
  EXPECT_THAT(flags_of("prefork", weather), Contains("far-apart"));
  EXPECT_EQ(disturbance_of(entry), "");
}

TEST_F(EntryFlags, ASlowProbeIsASignOfDisturbance) {
  Weather weather;
  weather.spin_probe_ratio = 1.2;
  if (entry_of("prefork", weather).at("status") != "ok") {
    GTEST_SKIP() << "this build records no times";
  }
  EXPECT_EQ(disturbance_of(entry_of("prefork", weather)), "probe-slow");
}

}  // namespace
}  // namespace bench
