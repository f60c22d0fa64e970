// Weather: what is seen of CPUs, at work or not there.
#include "harness/system/weather.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/system/cpus.h"

namespace bench {
namespace {

constexpr int kNoCpu = 1 << 20;

TEST(Weather, OfACpuThatIsNotThereNothingIsKnown) {
  EXPECT_EQ(CpuTime::of({kNoCpu}), std::nullopt);
  EXPECT_TRUE(are_calm({kNoCpu}, 0.01));
}

TEST(Weather, ACpuOnWhichSomebodyComputesIsNotCalm) {
  const int cpu = allowed_cpus().front();
  const pid_t pid = fork();
  if (pid == 0) {
    bind_to({cpu});
    for (;;) {
    }
  }
  ASSERT_GT(pid, 0);
  EXPECT_FALSE(are_calm({cpu}, 0.3));
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

}  // namespace
}  // namespace bench
