// Figures of requests: which reports make an entry, and which make one
// doubtful.
#include "harness/sweep/request_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/registry.h"

namespace bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Json latency(const char* from) {
  return {
      {"from", from},   {"count", 20000}, {"mean", 0.002},
      {"p50", 0.001},   {"p90", 0.002},   {"p99", 0.003},
      {"p999", Json()}, {"max", 0.004},   {"histogram", {{"1000000", 20000}}}};
}

/// What a generator reports when all goes well; of an open loop.
Json report() {
  return {{"seconds", 2.0},
          {"sent", 20000},
          {"ok", 20000},
          {"bad_status", 0},
          {"bad_body", 0},
          {"timed_out", 0},
          {"reset", 0},
          {"in_flight_at_end", 0},
          {"opened", 64},
          {"connect_failed", 0},
          {"stale", 0},
          {"requests_per_second", 10000.0},
          {"offered_per_second", 10000.0},
          {"latency", latency("intended send")},
          {"naive", latency("send")},
          {"groups", Json::array()},
          {"timeline", nullptr},
          {"fault", nullptr},
          {"cpu_seconds", 1.0},
          {"cpu_share", 0.5},
          {"threads", 1},
          {"late_p99_seconds", 1e-5},
          {"late_reading_p99_seconds", 1e-5},
          {"little_ratio", nullptr},
          {"server",
           {{"cpu_user_seconds", 0.5},
            {"cpu_system_seconds", 1.4},
            {"voluntary_switches", 7},
            {"involuntary_switches", 3},
            {"processes", 3},
            {"threads", 3},
            {"rss_bytes", 3'000'000},
            {"pss_bytes", 1'000'000},
            {"max_process_cpu_seconds", 1.0}}}};
}

class RequestFigures : public testing::Test {
 protected:
  RequestFigures() {
    workload.scenario = &scenario_named("http");
    workload.traffic.connections = 64;
    trial.cell = &cell;
    trial.capacity = 20000;
  }

  std::vector<std::string> flags(const Json& from, double cpu_seconds) const {
    return flags_of_requests(cell, figures_of(trial, from).at("http"),
                             cpu_seconds, 2.0);
  }

  Workload workload;
  Cell cell{.workload = &workload,
            .subject = Subject(model_named("prefork")),
            .cores = 2,
            .size = {.workers = 2, .in_flight = 64, .rule = {}}};
  Trial trial;
};

TEST_F(RequestFigures, TakesTheFiguresOver) {
  const Json json = figures_of(trial, report());
  EXPECT_EQ(json.at("status"), "ok");
  EXPECT_EQ(json.at("jobs"), 20000);
  EXPECT_EQ(json.at("work_seconds"), 2.0);
  EXPECT_EQ(json.at("errors"), 0);
  EXPECT_EQ(json.at("cpu_system_seconds"), 1.4);
  EXPECT_EQ(json.at("peak_pss_bytes"), 1'000'000);
  EXPECT_EQ(json.at("latency_p99_seconds"), 0.003);
  EXPECT_EQ(json.at("latency_from"), "intended send");
  EXPECT_THAT(json.at("latency_note").get<std::string>(),
              HasSubstr("there were 20000"));
  EXPECT_EQ(json.at("http").at("capacity_per_second"), 20000);
  EXPECT_EQ(json.at("http").at("naive").at("p90"), 0.002);
  EXPECT_TRUE(json.at("http").at("peer_version").is_null());
}

TEST_F(RequestFigures, KeepsHistogramsInWiderBuckets) {
  Json fine = report();
  fine["latency"]["histogram"] = {
      {"100", 1}, {"1000000", 2}, {"1000448", 3}, {"1100000", 4}};
  const Json kept = figures_of(trial, fine).at("http").at("histogram");
  EXPECT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept.at("100"), 1);
  std::uint64_t all = 0;
  for (const auto& [bound, count] : kept.items()) {
    all += count.get<std::uint64_t>();
    // No bucket begins more than a per cent below what is in it.
    EXPECT_TRUE(bound == "100" || std::stoll(bound) > 990'000) << bound;
  }
  EXPECT_EQ(all, 10U);
}

TEST_F(RequestFigures, CountsWhoGotNoAnswer) {
  Json some = report();
  some["ok"] = 19990;
  some["timed_out"] = 6;
  some["reset"] = 4;
  const Json json = figures_of(trial, some);
  EXPECT_EQ(json.at("status"), "ok");
  EXPECT_EQ(json.at("errors"), 10);
}

TEST_F(RequestFigures, WhatAFaultCostsIsNoFailure) {
  Json harmed = report();
  harmed["fault"] = {{"lost", 7}};
  harmed["failures"] = {{"wrong_body", 0}};
  harmed["ok"] = 15000;
  harmed["bad_body"] = 3;  // cut short
  harmed["bad_status"] = 4;
  harmed["server"] = nullptr;
  Json json = figures_of(trial, harmed);
  EXPECT_EQ(json.at("status"), "ok");
  EXPECT_TRUE(json.at("cpu_user_seconds").is_null());
  EXPECT_EQ(json.at("http").at("fault").at("lost"), 7);
  EXPECT_THAT(flags(harmed, 0), IsEmpty());
  harmed["failures"] = {{"wrong_body", 1}};
  EXPECT_EQ(figures_of(trial, harmed).at("status"), "failed");
}

TEST_F(RequestFigures, FailsForAWrongBody) {
  Json wrong = report();
  wrong["ok"] = 19999;
  wrong["bad_body"] = 1;
  const Json json = figures_of(trial, wrong);
  EXPECT_EQ(json.at("status"), "failed");
  EXPECT_EQ(json.at("reason"), "1 of 20000 answers had a wrong body");
  EXPECT_EQ(json.at("wrong"), true);
}

TEST_F(RequestFigures, FailsForAWrongStatusWithoutCallingItWrong) {
  Json wrong = report();
  wrong["ok"] = 19998;
  wrong["bad_status"] = 2;
  const Json json = figures_of(trial, wrong);
  EXPECT_EQ(json.at("reason"), "2 of 20000 answers had a wrong status");
  EXPECT_FALSE(json.contains("wrong"));
}

TEST_F(RequestFigures, FailsWithoutAnAnswer) {
  Json none = report();
  none["ok"] = 0;
  none["timed_out"] = 19000;
  none["reset"] = 1000;
  none["connect_failed"] = 5;
  EXPECT_EQ(figures_of(trial, none).at("reason"),
            "none of 20000 requests was answered in the window: timed_out "
            "19000, reset 1000, in_flight_at_end 0, connect_failed 5");
}

TEST_F(RequestFigures, FailsIfTheServerCouldNotBeWatched) {
  Json blind = report();
  blind["server"] = nullptr;
  EXPECT_EQ(figures_of(trial, blind).at("reason"),
            "the server's consumption could not be read");
}

TEST_F(RequestFigures, DoubtsRatesThatTheGeneratorLimits) {
  Json closed = report();
  closed["offered_per_second"] = nullptr;
  closed["cpu_share"] = 0.9;
  EXPECT_THAT(flags(closed, 3.5), ElementsAre("generator-bound"));
  EXPECT_THAT(flags(closed, 3.7), IsEmpty());
  // Of an open loop as well: its own queue is in the latencies.
  Json open = report();
  open["cpu_share"] = 0.71;
  EXPECT_THAT(flags(open, 1.0), ElementsAre("generator-bound"));
  open["cpu_share"] = 0.69;
  EXPECT_THAT(flags(open, 1.0), IsEmpty());
}

TEST_F(RequestFigures, KnowsThatOneLoopCanBeTheLimit) {
  Json closed = report();
  closed["offered_per_second"] = nullptr;
  closed["cpu_share"] = 0.9;
  closed["server"]["max_process_cpu_seconds"] = 1.9;
  EXPECT_THAT(flags(closed, 2.5), ElementsAre("generator-bound"));
  cell.subject = Subject(model_named("fork-ipc"));
  EXPECT_THAT(flags(closed, 2.5), IsEmpty());
}

TEST_F(RequestFigures, TellsWhatEachWorkerDid) {
  const Json threads = {{"41", 0.5}, {"42", 1.5}};
  const Json workers = workers_of({{42, 3, 30}, {43, 0, 0}}, threads);
  EXPECT_EQ(workers, Json::parse(R"([
      {"connections": 3, "requests": 30, "cpu_seconds": 1.5},
      {"connections": 0, "requests": 0, "cpu_seconds": null}])"));
  EXPECT_EQ(workers_of({}, threads), nullptr);
}

TEST_F(RequestFigures, TellsHowEvenWorkersAre) {
  const Json threads = {{"41", 0.5}, {"42", 1.5}};
  EXPECT_EQ(
      jain_of(workers_of({{41, 8, 30}, {42, 8, 0}}, threads)),
      Json::parse(
          R"({"connections": 1.0, "requests": 0.5, "cpu_seconds": 0.8})"));
  // Of somebody who was not there, and of nothing.
  EXPECT_EQ(
      jain_of(workers_of({{41, 2, 0}, {43, 0, 0}}, threads)),
      Json::parse(
          R"({"connections": 0.5, "requests": null, "cpu_seconds": null})"));
  EXPECT_EQ(jain_of(nullptr), nullptr);
}

TEST_F(RequestFigures, DoubtsLoopsOfWhichOneHasTheClients) {
  const auto flags_with = [&](std::vector<std::uint64_t> requests) {
    Json http = figures_of(trial, report()).at("http");
    std::vector<WorkerAccount> account;
    for (const std::uint64_t count : requests) account.push_back({1, 8, count});
    http["workers"] = workers_of(account, Json::object());
    return flags_of_requests(cell, http, 1.0, 2);
  };
  cell.subject = Subject(model_named("prefork"));
  EXPECT_THAT(flags_with({100, 160}), IsEmpty());
  EXPECT_THAT(flags_with({100, 170}), ElementsAre("unbalanced"));
  EXPECT_THAT(flags_with({0, 1}), ElementsAre("unbalanced"));
  // Its parent has all of them, and children have the work.
  cell.subject = Subject(model_named("fork-ipc"));
  EXPECT_THAT(flags_with({0, 170}), IsEmpty());
}

TEST_F(RequestFigures, DoubtsLatenciesOfALateGeneratorAndMissedRates) {
  Json late = report();
  late["late_p99_seconds"] = 0.0011;
  EXPECT_THAT(flags(late, 1.0), ElementsAre("late"));
  Json unread = report();
  unread["late_reading_p99_seconds"] = 0.0011;
  EXPECT_THAT(flags(unread, 1.0), ElementsAre("late"));
  Json missed = report();
  missed["ok"] = 19799;
  missed["timed_out"] = 201;
  EXPECT_THAT(flags(missed, 1.0), ElementsAre("rate-missed"));
}

}  // namespace
}  // namespace bench
