// Plan: which cells come of which flags.
#include "harness/sweep/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/core/registry.h"
#include "harness/sweep/testing/plans.h"

namespace bench {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;

TEST(Plan, DoublesCoresUpToAllOfThem) {
  Request request;
  request.models = "prefork";
  EXPECT_THAT(names(request), ElementsAre("cpu/prefork/cores:1/workers:1",
                                          "cpu/prefork/cores:2/workers:2",
                                          "cpu/prefork/cores:4/workers:4"));
}

TEST(Plan, TakesListsAndRangesOnceEach) {
  Request request;
  request.models = "sequential,sequential";
  request.cores = "2,1..3,3";
  EXPECT_THAT(names(request), ElementsAre("cpu/sequential/cores:1/workers:1",
                                          "cpu/sequential/cores:2/workers:1",
                                          "cpu/sequential/cores:3/workers:1"));
}

TEST(Plan, GivesOneWorkerToModelsThatHaveNoChoice) {
  Request request;
  request.models = "event-loop,thread-pool";
  request.cores = "2";
  request.workers = "1,8";
  EXPECT_THAT(names(request), ElementsAre("cpu/event-loop/cores:2/workers:1",
                                          "cpu/thread-pool/cores:2/workers:1",
                                          "cpu/thread-pool/cores:2/workers:8"));
}

TEST(Plan, NamesParametersThatAreNotAtTheirDefault) {
  Request request;
  request.models = "fork-ipc";
  request.cores = "1";
  request.parameters = {{"job-us", {"100", "1000"}}, {"depth", {"1", "4"}}};
  EXPECT_THAT(names(request),
              ElementsAre("cpu/fork-ipc/job-us:100/depth:1/cores:1/workers:1",
                          "cpu/fork-ipc/job-us:100/depth:4/cores:1/workers:1",
                          "cpu/fork-ipc/depth:1/cores:1/workers:1",
                          "cpu/fork-ipc/depth:4/cores:1/workers:1"));
}

TEST(Plan, PutsPlusForTheSlashOfAVariant) {
  Request request;
  request.models = "thread-pool/st*";
  request.cores = "1";
  EXPECT_THAT(names(request),
              ElementsAre("cpu/thread-pool+stealing/cores:1/workers:1"));
}

TEST(Plan, HasALimitOfJobsInFlightWhereJobsWait) {
  Request request;
  request.scenarios = "io";
  request.models = "sequential,event-loop,thread-pool";
  request.cores = "1,2";
  request.in_flight = "600";
  EXPECT_THAT(names(request),
              ElementsAre("io/sequential/cores:1/workers:1",
                          "io/sequential/cores:2/workers:1",
                          "io/epoll-client/in-flight:600/cores:1/workers:1",
                          "io/event-loop/in-flight:600/cores:1/workers:1",
                          "io/event-loop/in-flight:600/cores:2/workers:1",
                          "io/thread-pool/in-flight:600/cores:1/workers:512",
                          "io/thread-pool/in-flight:600/cores:2/workers:512"));
}

TEST(Plan, MeasuresAllValuesOfADefaultThatIsAList) {
  Request request;
  request.scenarios = "mixed";
  request.models = "sequential";
  request.cores = "1";
  EXPECT_EQ(names(request).size(), 7u);
}

TEST(Plan, ChoosesTheFloorsOfTheModels) {
  Request request;
  request.scenarios = "primitives";
  request.models = "sequential,event-loop,fork-ipc";
  request.cores = "1";
  EXPECT_THAT(names(request),
              ElementsAre("primitives/bare-job/cores:1/workers:1",
                          "primitives/seqpacket-echo/cores:1/workers:1"));
}

TEST(Plan, AsksOnceForWhatIsUnderNoModel) {
  Request request;
  request.scenarios = "messages";
  request.cores = "1,2";
  request.parameters = {{"bytes", {"64"}}, {"depth", {"1"}}};
  const std::vector<std::string> all = names(request);
  EXPECT_THAT(
      all, IsSupersetOf(
               {"messages/process-spin/bytes:64/depth:1/cores:2/workers:1",
                "messages/thread-futex/bytes:64/depth:1/cores:1/workers:1",
                "messages/thread-futex/bytes:64/depth:1/cores:2/workers:1"}));
  // Who spins on one core holds up whom he waits for.
  EXPECT_THAT(all, Not(Contains(HasSubstr("spin/bytes:64/depth:1/cores:1"))));
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size());
  request.parameters["bytes"] = {"63"};  // too few for a crowd
  EXPECT_EQ(names(request).size(), all.size() - 2);
  request.parameters["bytes"] = {"50000"};  // too many for a crowd
  EXPECT_EQ(names(request).size(), all.size() - 2);
  request.parameters["bytes"] = {"100000"};  // and for the star
  EXPECT_EQ(names(request).size(), all.size() - 4);
}

TEST(Plan, HasSeveralMessagesUnderWayWhereASocketHoldsThem) {
  Request request;
  request.scenarios = "messages";
  request.cores = "1";
  request.parameters = {{"bytes", {"1024"}}, {"depth", {"8"}}};
  const auto in = [](const std::string& id) {
    return "messages/" + id + "/bytes:1024/depth:8/cores:1/workers:1";
  };
  EXPECT_THAT(names(request), UnorderedElementsAre(
                                  in("process-fork-ipc"), in("process-star"),
                                  in("process-seqpacket"), in("thread-offload"),
                                  in("thread-pool-queue")));
  request.parameters["bytes"] = {"32768"};
  EXPECT_TRUE(names(request).empty());
}

TEST(Plan, HasMessagesOfOthersIfTheyAreAskedFor) {
  Request request;
  request.scenarios = "messages";
  request.cores = "1";
  request.parameters = {{"bytes", {"1"}}, {"depth", {"1"}}};
  const std::size_t ours = names(request).size();
  request.peers = "node";
  EXPECT_EQ(names(request).size(), ours + 2);
  request.peers = "python,node";
  EXPECT_EQ(names(request).size(), ours + 5);
  request.scenarios = "cpu";
  request.parameters.clear();
  EXPECT_THROW(names(request), std::invalid_argument);
}

TEST(Plan, PutsPlainProgramsBesideTheModelsIfPrimitivesAreAskedFor) {
  Request request;
  request.scenarios = "primitives,cpu";
  request.models = "thread-pool,prefork,fork-ipc";
  request.cores = "2";
  EXPECT_THAT(names(request),
              ElementsAre("cpu/plain-queue/cores:2/workers:2",
                          "cpu/thread-pool/cores:2/workers:2",
                          "cpu/plain-counter/cores:2/workers:2",
                          "cpu/prefork/cores:2/workers:2",
                          "cpu/plain-messages/cores:2/workers:2",
                          "cpu/fork-ipc/cores:2/workers:2",
                          "primitives/queue/cores:2/workers:2",
                          "primitives/ticket/cores:2/workers:2",
                          "primitives/seqpacket-echo/cores:2/workers:1"));
  request.parameters = {{"spread", {"1"}}};  // which they do not have
  EXPECT_EQ(names(request).size(), 6u);
}

TEST(Plan, AllMeansTheFiveAndAllStarEveryone) {
  Request request;
  request.cores = "1";
  const std::vector<std::string> five = names(request);
  EXPECT_EQ(five.size(), 5u);
  request.models = "all/*";
  EXPECT_GT(names(request).size(), 5u);
}

TEST(Plan, RefusesInOneSentence) {
  Request request;
  request.models = "nope";
  EXPECT_THAT(refusal(request), HasSubstr("--model takes all, sequential"));
  EXPECT_THAT(refusal(request), HasSubstr("got 'nope'"));
  request = {};
  request.cores = "99";
  EXPECT_EQ(refusal(request),
            "--cores takes a whole number from 1 to 4, got '99'");
  request.cores = "0";
  EXPECT_EQ(refusal(request),
            "--cores takes a whole number from 1 to 4, got '0'");
  request.cores = "3..2";
  EXPECT_THAT(refusal(request), HasSubstr("got '3..2'"));
  request = {};
  for (const char* text : {"0", "tuned", "1,2000", "3..1"}) {
    request.workers = text;
    EXPECT_EQ(refusal(request),
              std::string("--workers takes auto, tune, or whole numbers from 1 "
                          "to 1024 as in 1,2 or 1..4, got '") +
                  text + "'");
  }
  request = {};
  request.parameters = {{"size", {"5"}}, {"job-us", {"5"}}};
  EXPECT_THAT(refusal(request), HasSubstr("give one of the two"));
  request = {};
  request.models = "sequential";
  request.parameters = {{"depth", {"2"}}};
  EXPECT_THAT(refusal(request), HasSubstr("--depth belongs to no selected"));
}

TEST(Plan, ACgroupQuotaLimitsCores) {
  Cpus cpus = four_cpus();
  cpus.quota = 2.5;
  EXPECT_EQ(cpus.effective_cores(), 2);
  cpus.quota = 0.5;
  EXPECT_EQ(cpus.effective_cores(), 1);
  cpus.quota.reset();
  EXPECT_EQ(cpus.effective_cores(), 4);
}

TEST(Plan, MeasuresOneModelOfAContestTwice) {
  const auto control = [](Request request) {
    std::string found;
    for (const Cell& cell : Plan::make(request, four_cpus()).cells) {
      if (cell.control) found += cell.name() + " ";
    }
    return found;
  };
  Request request;
  request.cores = "1,2";
  request.models = "sequential,event-loop,prefork";
  EXPECT_EQ(control(request), "cpu/event-loop/cores:2/workers:1/control ");
  request.models = "sequential,prefork";
  EXPECT_EQ(control(request), "cpu/sequential/cores:2/workers:1/control ");
  request.scenarios = "http";
  EXPECT_EQ(control(request),
            "http/sequential/load:closed/cores:1/workers:1/control ");
  request.models = "prefork";  // nobody to compare it with
  EXPECT_EQ(control(request), "");
  request.models = "sequential,prefork";
  request.repetitions = 4;
  EXPECT_EQ(control(request), "");
}

TEST(Plan, ShowsWhatCoresCanReachWhereJobsOnlyCompute) {
  const auto ideals = [](Request request) {
    std::string found;
    for (const Cell& cell : Plan::make(request, four_cpus()).cells) {
      if (cell.subject.kind == "ideal") found += cell.name() + " ";
    }
    return found;
  };
  Request request;
  request.cores = "1,2";
  EXPECT_EQ(ideals(request), "cpu/independent/cores:2/workers:2 ");
  request.workers = "8";  // of models
  EXPECT_EQ(ideals(request), "cpu/independent/cores:2/workers:2 ");
  for (const char* other : {"null", "io", "mixed", "pool", "http"}) {
    Request another;
    another.scenarios = other;
    EXPECT_EQ(ideals(another), "") << other;
  }
  request.repetitions = 4;
  EXPECT_EQ(ideals(request), "");
  Request chosen;
  chosen.models = "independent";
  EXPECT_THAT(refusal(chosen), HasSubstr("--model"));
}

TEST(Plan, CalibratesWithTwinsAndNothingElse) {
  Request request;
  request.twins = true;
  request.cores = "1,4";
  request.scenarios = "cpu,http,io";
  request.models = "event-loop,thread-pool";
  std::vector<std::string> all;
  const Plan plan = Plan::make(request, four_cpus());
  for (const Cell& cell : plan.cells) all.push_back(cell.name());
  EXPECT_THAT(
      all,
      ElementsAre("cpu/event-loop/cores:4/workers:1",
                  "cpu/event-loop/cores:4/workers:1/control",
                  "cpu/thread-pool/cores:4/workers:4",
                  "cpu/thread-pool/cores:4/workers:4/control",
                  "http/event-loop/load:closed/cores:1/workers:1",
                  "http/event-loop/load:closed/cores:1/workers:1/control",
                  "http/thread-pool/load:closed/cores:1/workers:64",
                  "http/thread-pool/load:closed/cores:1/workers:64/control",
                  "io/event-loop/in-flight:100/cores:4/workers:1",
                  "io/event-loop/in-flight:100/cores:4/workers:1/control",
                  "io/thread-pool/in-flight:100/cores:4/workers:100",
                  "io/thread-pool/in-flight:100/cores:4/workers:100/control"));
}

}  // namespace
}  // namespace bench
