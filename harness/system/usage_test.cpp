// MemoryUse: what cannot be read is unknown, and never nothing.
#include "harness/system/usage.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/posix/channel.h"
#include "harness/posix/child.h"

namespace bench {
namespace {

/// Waits to be killed, ready when the constructor returns.
class Sleeper {
 public:
  explicit Sleeper(bool secretive = false) {
    auto [here, there] = Channel::pair();
    child_ = Child::fork([&, &channel = there] {
      // What is not to be dumped is not to be looked into, but by root.
      if (secretive) prctl(PR_SET_DUMPABLE, 0);
      channel.send(0);
      pause();
    });
    int word = 0;
    EXPECT_TRUE(here.receive(word));
  }
  pid_t pid() const { return child_.pid(); }
  Child& child() { return child_; }

 private:
  Child child_{-1};
};

TEST(MemoryUse, AddsUpWhoLives) {
  const Sleeper one;
  const Sleeper two;
  const pid_t both[] = {one.pid(), two.pid()};
  const MemoryUse sum = MemoryUse::of(both);
  const MemoryUse first = MemoryUse::of({both, 1});
  ASSERT_TRUE(sum.peak_rss_bytes && sum.pss_bytes);
  EXPECT_GT(*first.peak_rss_bytes, 100'000);
  EXPECT_GT(*sum.peak_rss_bytes, *first.peak_rss_bytes);
  EXPECT_GT(*sum.pss_bytes, 0);
  EXPECT_LE(*sum.pss_bytes, *sum.peak_rss_bytes);
}

TEST(MemoryUse, TheDeadCountNothing) {
  const Sleeper alive;
  Sleeper zombie;
  Sleeper gone;
  for (const pid_t process : {zombie.pid(), gone.pid()}) kill(process, SIGKILL);
  siginfo_t info{};
  waitid(P_PID, static_cast<id_t>(zombie.pid()), &info, WEXITED | WNOWAIT);
  const pid_t all[] = {alive.pid(), zombie.pid(), gone.pid()};
  gone.child().wait();
  EXPECT_EQ(MemoryUse::of(all).peak_rss_bytes,
            MemoryUse::of({all, 1}).peak_rss_bytes);
  EXPECT_TRUE(MemoryUse::of(all).pss_bytes.has_value());
  EXPECT_EQ(MemoryUse::of(all).page_table_bytes,
            MemoryUse::of({all, 1}).page_table_bytes);
  EXPECT_TRUE(MemoryUse::of(all).kernel_stack_bytes.has_value());
  // A server that is gone has not taken 0 bytes.
  EXPECT_FALSE(MemoryUse::of({all + 1, 2}).peak_rss_bytes.has_value());
  EXPECT_FALSE(MemoryUse::of({all + 1, 2}).pss_bytes.has_value());
  EXPECT_FALSE(MemoryUse::of({all + 1, 2}).page_table_bytes.has_value());
  EXPECT_FALSE(MemoryUse::of({all + 1, 2}).kernel_stack_bytes.has_value());
}

TEST(MemoryUse, SharesThatNobodyMayReadAreUnknown) {
  const Sleeper open;
  const Sleeper secretive(true);
  // Only root may look into every process: so not as root.
  const int failures = Child::fork([&] {
                         constexpr uid_t kNobody = 65534;
                         if (geteuid() == 0 && setuid(kNobody) != 0) _exit(9);
                         const pid_t all[] = {open.pid(), secretive.pid()};
                         const MemoryUse use = MemoryUse::of(all);
                         if (use.pss_bytes.has_value()) _exit(1);
                         // Everybody may know how much there is in all.
                         if (use.peak_rss_bytes.value_or(0) < 100'000) _exit(2);
                       }).wait();
  EXPECT_EQ(failures, 0) << describe_wait_status(failures);
}

}  // namespace
}  // namespace bench
