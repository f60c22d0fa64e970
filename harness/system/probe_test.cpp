// Probe: who takes part, and what is left of it. Never how long it took.
#include "harness/system/probe.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>

#include "harness/posix/proc.h"
#include "harness/system/cpus.h"

namespace bench {
namespace {

ProbeKind little_of(const ProbeKind& kind) {
  return {kind.name, kind.run, 10'000};
}

TEST(Probe, FindsASizeForEachKind) {
  const int cpu = allowed_cpus().front();
  for (const ProbeKind* kind : {&kRoots, &kChain}) {
    const std::optional<ProbeKind> found = sized(*kind, cpu);
    ASSERT_TRUE(found) << kind->name;
    EXPECT_EQ(found->name, kind->name);
    EXPECT_EQ(found->run, kind->run);
    EXPECT_GT(found->size, 1000u) << kind->name;
  }
}

TEST(Probe, HasATimeOfEachCpu) {
  const std::vector<int> cpus = allowed_cpus();
  const auto found = probe(little_of(kRoots), cpus);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->seconds.size(), cpus.size());
  ASSERT_EQ(found->cpu_seconds.size(), cpus.size());
  for (std::size_t i = 0; i < cpus.size(); ++i) {
    EXPECT_GT(found->seconds[i], 0);
    EXPECT_GT(found->cpu_seconds[i], 0);
  }
}

TEST(Probe, HasNobodyToPlayWithOnOneCpu) {
  const auto found = probe(little_of(kChain), {allowed_cpus().front()});
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->round_trip);
}

TEST(Probe, SendsACacheLineToAnotherCpuAndBack) {
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "there is one CPU";
  // A busy machine may let a partner wait for long.
  const auto found =
      probe(little_of(kRoots), {cpus[0], cpus[1]}, std::chrono::minutes(2));
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->round_trip);
  EXPECT_GT(*found->round_trip, 0);
}

TEST(Probe, IsEmptyWhereACpuIsNotOurs) {
  EXPECT_FALSE(probe(little_of(kRoots), {allowed_cpus().front(), 4000}));
  EXPECT_FALSE(sized(kRoots, 4000));
}

TEST(Probe, LeavesNoChildNoThreadAndTheCpusAsTheyWere) {
  const std::vector<int> before = allowed_cpus();
  ASSERT_TRUE(probe(little_of(kChain), before));
  EXPECT_EQ(allowed_cpus(), before);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
  EXPECT_EQ(field_in(contents("/proc/self/status"), "Threads"), "1");
}

}  // namespace
}  // namespace bench
