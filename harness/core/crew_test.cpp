// Crew: threads that fail together instead of waiting for each other.
#include "harness/core/crew.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>

#include "harness/core/registry.h"

namespace bench {
namespace {

class CrewTest : public testing::Test {
 protected:
  CrewTest() : scenario_(scenario_named("null").make({}, 1, {})) {}

  Batch batch_of(std::uint32_t workers) {
    return Batch(*scenario_, 1, {{}, workers, workers, {}}, nullptr);
  }
  std::unique_ptr<Scenario> scenario_;
};

TEST_F(CrewTest, RunsTheBodyOncePerWorker) {
  Batch batch = batch_of(3);
  std::atomic<unsigned> sum{0};
  Crew crew(batch.gate(), batch.workers(),
            [&](std::uint32_t worker) { sum += 1u << worker; });
  crew.join();
  EXPECT_EQ(sum, 0b111u);
}

TEST_F(CrewTest, HandsOnTheCauseAndFreesThoseWhoWait) {
  Batch batch = batch_of(2);
  Crew crew(batch.gate(), batch.workers(), [&](std::uint32_t worker) {
    if (worker == 1) throw std::runtime_error("no luck");
    batch.enter();  // would wait for ever for the one that gave up
  });
  EXPECT_THROW(batch.enter(), std::runtime_error);
  try {
    crew.join();
    FAIL() << "must throw";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(std::string(error.what()), "no luck");
  }
}

}  // namespace
}  // namespace bench
