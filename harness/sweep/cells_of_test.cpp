// CellsOf: what is left to the harness, and where.
#include "harness/sweep/cells_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "harness/sweep/testing/plans.h"

namespace bench {
namespace {

using testing::ElementsAre;

/// The depths that the harness may pick for a cell, with the jobs in flight.
using Depths = std::vector<std::pair<std::string, std::uint32_t>>;

Depths depths(const Request& request, const std::string& name) {
  Depths found;
  const Plan plan = Plan::make(request, four_cpus());
  for (const Cell& cell : plan.cells) {
    if (cell.name() != name) continue;
    EXPECT_EQ(cell.automatic, "depth");
    EXPECT_EQ(cell.own_parameters.word("depth"), "1");
    for (const Cell& one : cell.candidates) {
      EXPECT_EQ(one.name(), name);
      found.emplace_back(one.own_parameters.word("depth"), one.size.in_flight);
    }
  }
  return found;
}

TEST(CellsOf, LeavesTheDepthToMeasuringWhereJobsDoNotWait) {
  Request request;
  request.models = "fork-ipc";
  request.cores = "2";
  EXPECT_EQ(depths(request, "cpu/fork-ipc/cores:2/workers:2"),
            (Depths{{"1", 2}, {"2", 4}, {"4", 8}, {"8", 16}}));
  request.in_flight = "6";
  EXPECT_EQ(depths(request, "cpu/fork-ipc/in-flight:6/cores:2/workers:2"),
            (Depths{{"1", 2}, {"2", 4}, {"4", 6}, {"8", 6}}));
  request.scenarios = "io";
  EXPECT_EQ(depths(request, "io/fork-ipc/in-flight:6/cores:2/workers:6"),
            Depths{});
}

TEST(CellsOf, ShowsBothWhereHandingOutIsTheQuestion) {
  Request request;
  request.models = "fork-ipc";
  request.cores = "1";
  request.scenarios = "null";
  EXPECT_THAT(names(request),
              ElementsAre("null/fork-ipc/depth:1/cores:1/workers:1",
                          "null/fork-ipc/cores:1/workers:1"));
  request.scenarios = "cpu";
  EXPECT_THAT(names(request), ElementsAre("cpu/fork-ipc/cores:1/workers:1"));
  request.parameters = {{"kernel", {"sqrt", "primes"}}};  // no axis
  EXPECT_EQ(names(request).size(), 2u);
  request.parameters = {{"job-us", {"10", "1000"}}};
  EXPECT_THAT(names(request),
              ElementsAre("cpu/fork-ipc/job-us:10/depth:1/cores:1/workers:1",
                          "cpu/fork-ipc/job-us:10/cores:1/workers:1",
                          "cpu/fork-ipc/depth:1/cores:1/workers:1",
                          "cpu/fork-ipc/cores:1/workers:1"));
  request.parameters["depth"] = {"auto"};  // and nothing else
  EXPECT_EQ(names(request).size(), 2u);
}

}  // namespace
}  // namespace bench
