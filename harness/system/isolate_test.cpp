// run_isolated: what it ends, and what it leaves alone.
#include "harness/system/isolate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "harness/posix/child.h"

namespace bench {
namespace {

using testing::HasSubstr;

/// The isolated process is this binary, with one of the tests below that are
/// not run otherwise.
Outcome run_isolated_test(const std::string& name, double deadline_seconds,
                          const std::vector<pid_t>& spared) {
  Interruption interruption;
  return run_isolated({"unit_tests", "--gtest_also_run_disabled_tests",
                       "--gtest_filter=Isolate." + name},
                      {}, deadline_seconds, interruption, spared);
}

/// A process in a session of its own: nobody who kills a group finds it.
pid_t fork_sleeper() {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  setsid();
  for (;;) pause();
}

TEST(Isolate, DISABLED_LeavesSleepersBehind) {
  for (int i = 0; i < 20; ++i) ASSERT_GT(fork_sleeper(), 0);
}

TEST(Isolate, DISABLED_StaysForever) {
  ASSERT_GT(fork_sleeper(), 0);
  for (;;) pause();
}

bool has_ended(pid_t child) {
  siginfo_t info{};
  const auto id = static_cast<id_t>(child);
  return waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == child;
}

TEST(Isolate, LeavesNoProcessOfTheTree) {
  const Outcome outcome =
      run_isolated_test("DISABLED_LeavesSleepersBehind", 60, {});
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("PASSED"));
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Isolate, SparesProcessesAndTheirGroups) {
  const auto sleep = [] {
    for (;;) pause();
  };
  const Child alive = Child::fork(sleep);
  setpgid(alive.pid(), alive.pid());
  const Child member = Child::fork(sleep);
  setpgid(member.pid(), alive.pid());
  Child dead = Child::fork([] { raise(SIGKILL); });
  const Outcome outcome = run_isolated_test("DISABLED_StaysForever", 0.5,
                                            {alive.pid(), dead.pid()});
  EXPECT_EQ(outcome.kind, Outcome::Kind::timed_out);
  EXPECT_FALSE(has_ended(alive.pid()));
  EXPECT_FALSE(has_ended(member.pid()));
  EXPECT_EQ(describe_wait_status(dead.wait()), "was killed by SIGKILL");
}

}  // namespace
}  // namespace bench
