// Finer: which lengths come next.
#include "harness/sweep/finer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/registry.h"

namespace bench {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// What jobs reach that each cost 4 to hand out.
double share_of(double length) { return length / (length + 4); }

TEST(Closer, FindsBothSidesOfTheChangeAndThenIsDone) {
  std::map<double, double> reached;
  for (const double length : {1., 3., 10., 30.}) {
    reached[length] = share_of(length);
  }
  const std::vector<double> places = closer(reached, 0.5);
  ASSERT_EQ(places.size(), 2U);
  EXPECT_NEAR(places[0], 4 / 1.2, 1e-9);
  EXPECT_NEAR(places[1], 4 * 1.2, 1e-9);
  // Near the change on the one side, so that side is known already.
  EXPECT_THAT(closer({{3.9, 0.4}, {10, 0.8}}, 0.5), testing::SizeIs(1));
  for (const double place : places) reached[place] = share_of(place);
  EXPECT_THAT(closer(reached, 0.5), IsEmpty());
}

TEST(Closer, LooksIntoWhatIsUndecided) {
  EXPECT_THAT(closer({{1, 0.2}, {4, 0.5}, {16, 0.8}}, 0.5), ElementsAre(2, 8));
  EXPECT_THAT(closer({{3.5, 0.4}, {4, 0.5}, {9, 0.8}}, 0.5), ElementsAre(6));
  EXPECT_THAT(closer({{1, 0.2}, {4, 0.3}}, 0.5), IsEmpty());
  EXPECT_THAT(closer({{1, 0.6}, {4, 0.9}}, 0.5), IsEmpty());
  EXPECT_THAT(closer({}, 0.5), IsEmpty());
}

TEST(Finer, PlansTheModelAndSequentialAtTheNewLengths) {
  Request request;
  request.scenarios = "grain,cpu";
  request.models = "sequential,thread-pool";
  request.cores = "2";
  request.repetitions = 1;
  request.parameters["job-us"] = {"1", "10"};
  const Plan plan = Plan::make(request, Cpus::of({{.id = 0}, {.id = 1}}));
  std::deque<Prepared> prepared;
  std::vector<Trial> trials;
  for (const Cell& cell : plan.cells) {
    const double length = cell.workload->parameters.real("job-us");
    prepared.push_back({.length = {.seconds = length * 1e-6}});
    const double cores = cell.subject.one_worker ? 1 : 2;
    trials.push_back({.cell = &cell,
                      .prepared = &prepared.back(),
                      .rates = {cores * 1e6 / (length + 4 * (cores - 1))}});
  }
  Finer finer;
  finer.learn(trials);
  std::vector<std::string> names;
  const Plan next = finer.plan();
  for (const Cell& cell : next.cells) names.push_back(cell.name());
  EXPECT_THAT(names,
              ElementsAre("grain/bare-queue/job-us:3.33/cores:2/workers:2",
                          "grain/sequential/job-us:3.33/cores:2/workers:1",
                          "grain/bare-queue/job-us:4.8/cores:2/workers:2",
                          "grain/sequential/job-us:4.8/cores:2/workers:1",
                          "grain/thread-pool/job-us:3.33/cores:2/workers:2",
                          "grain/thread-pool/job-us:4.8/cores:2/workers:2"));
  EXPECT_EQ(next.workloads.size(), 2U);
}

}  // namespace
}  // namespace bench
