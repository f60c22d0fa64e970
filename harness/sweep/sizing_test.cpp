// Sizing: the rule, its caps, and what is asked for instead.
#include "harness/sweep/sizing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace bench {
namespace {

using testing::ElementsAre;

ModelInfo model(ModelInfo::Waits waits, bool one_worker = false) {
  return {.id = "m",
          .summary = "",
          .make = nullptr,
          .waits = waits,
          .one_worker = one_worker};
}
const ModelInfo kPool = model(ModelInfo::Waits::blocking);
const ModelInfo kLoops = model(ModelInfo::Waits::in_loop);
const ModelInfo kOneLoop = model(ModelInfo::Waits::in_loop, true);
const ModelInfo kSequential = model(ModelInfo::Waits::blocking, true);

SizingRequest waiting(double wait, double compute, int cores,
                      std::uint32_t limit) {
  return {.demand = {.wait = wait, .compute = compute},
          .cores = cores,
          .limit = limit};
}

std::vector<std::uint32_t> workers(const ModelInfo& model,
                                   const SizingRequest& request) {
  std::vector<std::uint32_t> all;
  for (const Sizing& size : sizes_of(model, request)) {
    all.push_back(size.workers);
  }
  return all;
}

TEST(Sizing, FollowsTheRuleWhereWorkersBlock) {
  const auto request = waiting(0.010, 0.0001, 1, 1000);
  EXPECT_THAT(sizes_of(kPool, request), ElementsAre(Sizing{101, 101, 101}));
  EXPECT_THAT(workers(kPool, waiting(0.010, 0.0001, 2, 1000)),
              ElementsAre(202));
  EXPECT_THAT(workers(kPool, waiting(0, 0.001, 4, 1000)), ElementsAre(4));
}

TEST(Sizing, RoundsUp) {
  EXPECT_THAT(workers(kPool, waiting(0.0025, 0.0075, 1, 8)), ElementsAre(2));
  EXPECT_THAT(workers(kPool, waiting(0.005, 0.005, 1, 8)), ElementsAre(2));
}

TEST(Sizing, CapsTheRuleByInFlightAndMaxWorkers) {
  EXPECT_THAT(workers(kPool, waiting(0.010, 0, 1, 1000)), ElementsAre(512));
  EXPECT_THAT(workers(kPool, waiting(0.010, 0, 1, 100)), ElementsAre(100));
  SizingRequest more = waiting(0.010, 0, 1, 1000);
  more.max_workers = 1000;
  EXPECT_THAT(sizes_of(kPool, more), ElementsAre(Sizing{1000, 1000, 1000}));
}

TEST(Sizing, SaysHowItCameAbout) {
  EXPECT_EQ(describe_rule(waiting(0.010, 0.0001, 1, 1000)),
            "W = 1 x (1 + 10 ms / 0.1 ms) = 101: 101 workers");
  EXPECT_EQ(describe_rule(waiting(0.010, 0.0001, 2, 100)),
            "W = 2 x (1 + 10 ms / 0.1 ms) = 202, capped by in-flight 100: 100 "
            "workers");
  EXPECT_EQ(describe_rule(waiting(0.005, 0, 1, 1000)),
            "W = 1 x (1 + 5 ms / 0 ms) has no bound, as nothing is "
            "computed, capped by --max-workers=512: 512 workers");
}

TEST(Sizing, GivesLoopsTheWholeLimit) {
  const auto request = waiting(0.010, 0, 2, 1000);
  EXPECT_THAT(sizes_of(kLoops, request),
              ElementsAre(Sizing{2, 1000, std::nullopt}));
  EXPECT_THAT(sizes_of(kOneLoop, request),
              ElementsAre(Sizing{1, 1000, std::nullopt}));
  EXPECT_THAT(sizes_of(kSequential, request),
              ElementsAre(Sizing{1, 1, std::nullopt}));
}

TEST(Sizing, LetsPeopleChoose) {
  SizingRequest request = waiting(0.010, 0.001, 1, 100);
  request.workers = {5, 20, 400};
  EXPECT_THAT(workers(kPool, request), ElementsAre(5, 20, 100));
  EXPECT_THAT(workers(kSequential, request), ElementsAre(1));
}

TEST(Sizing, TunesAroundTheRule) {
  SizingRequest request = waiting(0.010, 0.0001, 1, 1000);
  request.tune = true;
  EXPECT_THAT(workers(kPool, request), ElementsAre(1, 25, 50, 101, 202, 404));
  EXPECT_THAT(workers(kLoops, request), ElementsAre(1));
}

TEST(Sizing, AThreadPerJobNeedsNoRule) {
  ModelInfo per_job = kPool;
  per_job.worker_per_job = true;
  EXPECT_THAT(sizes_of(per_job, waiting(0.010, 0.0001, 1, 300)),
              ElementsAre(Sizing{300, 300, std::nullopt}));
}

TEST(Sizing, TakesLibuvsPoolAsItIsAskedFor) {
  ModelInfo offload = kLoops;
  offload.in_uv_pool = true;
  SizingRequest request{.cores = 2, .limit = 16, .uv_pool = 4};
  EXPECT_THAT(sizes_of(offload, request),
              ElementsAre(Sizing{4, 16, std::nullopt}));
}

TEST(Sizing, ConnectionsGrowWithTheCores) {
  for (const int cores : {1, 2, 4}) EXPECT_EQ(connections_by_rule(cores), 64U);
  EXPECT_EQ(connections_by_rule(8), 128U);
  EXPECT_EQ(connections_by_rule(5000), 20'000U);
}

TEST(Sizing, NeverHasMoreWorkersThanInFlightNorNone) {
  EXPECT_TRUE(rc::check([] {
    SizingRequest request;
    request.demand.wait = *rc::gen::inRange(0, 1000) * 1e-3;
    request.demand.compute = *rc::gen::inRange(0, 1000) * 1e-4;
    request.cores = *rc::gen::inRange(1, 129);
    request.limit = *rc::gen::inRange(1u, 100'000u);
    request.max_workers = *rc::gen::inRange(1u, 1025u);
    request.tune = *rc::gen::arbitrary<bool>();
    for (const ModelInfo& model : {kPool, kLoops, kOneLoop, kSequential}) {
      const auto sizes = sizes_of(model, request);
      RC_ASSERT(!sizes.empty());
      for (const Sizing& size : sizes) {
        RC_ASSERT(size.workers >= 1u);
        RC_ASSERT(size.in_flight >= size.workers);
        RC_ASSERT(size.in_flight <= *request.limit);
      }
    }
  }));
}

}  // namespace
}  // namespace bench
