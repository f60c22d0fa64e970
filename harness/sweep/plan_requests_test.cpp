// Plan: scenarios of requests, their servers, loads and peers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/sweep/testing/plans.h"

namespace bench {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

Request http(const std::string& models) {
  Request request;
  request.scenarios = "http";
  request.models = models;
  return request;
}

Request closed(const std::string& models) {
  Request request = http(models);
  request.parameters = {{"load", {"closed"}}};
  return request;
}

TEST(PlanOfRequests, HasAsManyConnectionsAsItsMostCoresNeed) {
  std::vector<Cpu> sixteen;
  for (int id = 0; id < 16; ++id) sixteen.push_back({.id = id, .core = id});
  const Cpus cpus = Cpus::of(std::move(sixteen));
  const auto connections = [&](Request request) {
    std::set<std::uint32_t> all;
    for (const Cell& cell : Plan::make(request, cpus).cells) {
      EXPECT_EQ(cell.limit, cell.size.in_flight);
      EXPECT_EQ(cell.workload->parameters.integer("connections"),
                cell.size.in_flight);
      all.insert(cell.size.in_flight);
    }
    return all;
  };
  Request request = closed("event-loop,prefork");
  // Of 16 cores 8 are left to the generator. The same on one core, too.
  EXPECT_THAT(connections(request), ElementsAre(128));
  request.cores = "1,16";
  EXPECT_THAT(connections(request), ElementsAre(256));
  request.cores = "1,4";
  EXPECT_THAT(connections(request), ElementsAre(64));
  request.parameters["connections"] = {"8", "9"};
  EXPECT_THAT(connections(request), ElementsAre(8, 9));
}

TEST(PlanOfRequests, HasNoOpenLoopWhereTheGeneratorHasNoCpu) {
  Request request = http("prefork");
  request.cores = "1,4";
  EXPECT_THAT(names(request),
              ElementsAre("http/prefork/load:closed/cores:1/workers:1",
                          "http/prefork/load:closed/cores:4/workers:4",
                          "http/prefork/load:least/cores:1/workers:1",
                          "http/prefork/load:median/cores:1/workers:1"));
  EXPECT_THAT(plan_of(request).sizing,
              ElementsAre(HasSubstr("no open loop on 4 cores")));
}

TEST(PlanOfRequests, AsksWhoHasOneClientAtNoRateForAll) {
  Request request = http("sequential,prefork");
  request.cores = "1";
  request.parameters = {{"load", {"least", "50"}}};
  EXPECT_THAT(names(request),
              UnorderedElementsAre("http/prefork/load:least/cores:1/workers:1",
                                   "http/sequential/load:50/cores:1/workers:1",
                                   "http/prefork/load:50/cores:1/workers:1"));
  request.models = "sequential";  // alone it has a rate of its own
  EXPECT_THAT(
      names(request),
      UnorderedElementsAre("http/sequential/load:least/cores:1/workers:1",
                           "http/sequential/load:50/cores:1/workers:1"));
}

TEST(PlanOfRequests, HasItThereIfSomebodyAsks) {
  Request request = http("prefork");
  request.cores = "4";
  request.parameters = {{"load", {"70"}}};
  EXPECT_THAT(names(request),
              ElementsAre("http/prefork/load:70/cores:4/workers:4"));
  request.parameters = {{"rate", {"1000"}}};
  EXPECT_THAT(names(request),
              ElementsAre("http/prefork/rate:1000/cores:4/workers:4"));
  EXPECT_THAT(plan_of(request).sizing, IsEmpty());
}

TEST(PlanOfRequests, LeavesSomethingOfAScenarioWithoutAClosedLoop) {
  Request request = http("prefork");
  request.scenarios = "head-of-line";
  EXPECT_THAT(names(request),
              ElementsAre("head-of-line/prefork/cores:1/workers:1",
                          "head-of-line/prefork/cores:2/workers:2"));
  request.cores = "4";
  EXPECT_THAT(names(request),
              ElementsAre("head-of-line/prefork/cores:4/workers:4"));
}

TEST(PlanOfRequests, LeavesSomebodyWhereOneIsToDie) {
  Request request = http("event-loop,prefork");
  request.scenarios = "faults";
  request.cores = "1";
  request.parameters = {{"supervised", {"no"}}};
  EXPECT_THAT(names(request),
              ElementsAre("faults/event-loop/supervised:no/cores:1/workers:1",
                          "faults/prefork/supervised:no/cores:1/workers:4"));
}

TEST(PlanOfRequests, SharesACapacityAmongTheLoadsOfAServer) {
  const Plan plan = plan_of(http("event-loop"));
  for (const Cell& cell : plan.cells) {
    EXPECT_THAT(cell.name_of_server(), Not(HasSubstr("load")));
  }
  EXPECT_EQ(plan.cells.front().name_of_server(),
            "http/event-loop/cores:1/workers:1");
}

TEST(PlanOfRequests, GivesAWorkerToEachConnectionWhereWorkersBlock) {
  Request request = closed("sequential,event-loop,thread-pool,fork-ipc");
  request.cores = "2";
  request.parameters["connections"] = {"100"};
  EXPECT_THAT(
      names(request),
      ElementsAre(
          "http/sequential/connections:100/load:closed/cores:2/workers:1",
          "http/event-loop/connections:100/load:closed/cores:2/workers:1",
          "http/thread-pool/connections:100/load:closed/cores:2/workers:100",
          "http/fork-ipc/connections:100/load:closed/cores:2/workers:2"));
  request.repetitions = 1;
  const Plan plan = plan_of(request);
  for (const Cell& cell : plan.cells) {
    const std::uint32_t clients = cell.subject.id == "sequential" ? 1 : 100;
    EXPECT_EQ(cell.limit, clients) << cell.name();
    EXPECT_EQ(cell.size.in_flight, clients) << cell.name();
  }
  EXPECT_THAT(plan.sizing,
              ElementsAre("http: sequential has one client, because it serves "
                          "nobody else meanwhile",
                          "http: 100 connections, a worker for each where "
                          "workers block"));
}

TEST(PlanOfRequests, ObeysMaxWorkersAndWorkers) {
  Request request = closed("thread-pool");
  request.cores = "1";
  request.max_workers = 10;
  EXPECT_THAT(names(request),
              ElementsAre("http/thread-pool/load:closed/cores:1/workers:10"));
  EXPECT_THAT(plan_of(request).sizing,
              ElementsAre(HasSubstr("capped by --max-workers=10")));
  request.workers = "3,100";
  EXPECT_THAT(names(request),
              ElementsAre("http/thread-pool/load:closed/cores:1/workers:3",
                          "http/thread-pool/load:closed/cores:1/workers:64"));
  EXPECT_THAT(plan_of(request).sizing, IsEmpty());
}

TEST(PlanOfRequests, CountsTheWorkersBehindALoopByTheRule) {
  Request request = closed("fork-ipc");
  request.cores = "2";
  request.parameters["route"] = {"/mixed"};
  request.parameters["request-us"] = {"1000"};
  EXPECT_THAT(names(request),
              ElementsAre("http/fork-ipc/route:mixed/request-us:1000/"
                          "load:closed/cores:2/workers:12"));
  EXPECT_THAT(plan_of(request).sizing,
              ElementsAre(HasSubstr("W = 2 x (1 + 5 ms / 1 ms) = 12")));
}

TEST(PlanOfRequests, LeavesOutModelsThatDoOnlyTheOther) {
  Request request = closed("prefork/static,prefork/round-robin");
  request.cores = "1";
  EXPECT_THAT(names(request), Each(HasSubstr("prefork+round-robin")));
  request.parameters.clear();
  request.scenarios = "cpu";
  EXPECT_THAT(names(request), Each(HasSubstr("prefork+static")));
  request.models = "prefork/round-robin";
  EXPECT_THAT(names(request), IsEmpty());
}

TEST(PlanOfRequests, PutsPeersBesideTheModels) {
  Request request = closed("sequential");
  request.cores = "2";
  request.peers = "nginx,node";
  EXPECT_THAT(names(request),
              ElementsAre("http/sequential/load:closed/cores:2/workers:1",
                          "http/nginx/load:closed/cores:2/workers:2",
                          "http/node/load:closed/cores:2/workers:1"));
  const Plan plan = plan_of(request);
  const Prepared prepared{.workload = plan.cells[1].workload};
  const Json identity =
      identity_of({.cell = &plan.cells[1], .prepared = &prepared});
  EXPECT_EQ(identity.at("kind"), "peer");
  EXPECT_EQ(identity.at("model"), "nginx");
  EXPECT_EQ(identity.at("in_flight_limit"), 64);
}

TEST(PlanOfRequests, RefusesWhatOnlyBatchesTake) {
  Request request = http("sequential");
  request.in_flight = "5";
  EXPECT_THAT(refusal(request),
              HasSubstr("--in-flight belongs to no selected"));
  request.scenarios = "http,io";
  EXPECT_EQ(refusal(request), "accepted");
  request = http("sequential");
  request.jobs = 5;
  EXPECT_THAT(refusal(request), HasSubstr("--jobs belongs to no selected"));
  request = http("sequential");
  request.scenarios = "cpu";
  request.peers = "nginx";
  EXPECT_THAT(refusal(request), HasSubstr("--peers belongs to no selected"));
}

}  // namespace
}  // namespace bench
