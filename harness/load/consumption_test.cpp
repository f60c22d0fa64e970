// Consumption: a process with children, dead and alive.
#include "harness/load/consumption.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/posix/channel.h"
#include "harness/posix/child.h"
#include "harness/posix/clock.h"

namespace bench {
namespace {

void burn(std::int64_t milliseconds) {
  const std::int64_t end = thread_cpu_ns() + milliseconds * 1'000'000;
  while (thread_cpu_ns() < end) {
  }
}

Consumption reading(pid_t process) {
  Consumption use(process);
  use.read_clocks();
  return use;
}

TEST(Consumption, AddsUpATreeOfProcesses) {
  auto [here, there] = Channel::pair();
  const Child server = Child::fork([&channel = there] {
    int word = 0;
    burn(300);  // before the first reading
    channel.send(word);
    channel.receive(word);
    Child::fork([] { burn(100); }).join("a child");
    Child child = Child::fork([&] {
      burn(60);
      channel.send(word);
      pause();
    });
    child.wait();
  });
  int word = 0;
  ASSERT_TRUE(here.receive(word));
  const Consumption before = reading(server.pid());
  EXPECT_EQ(before.processes().size(), 1U);
  ASSERT_TRUE(here.send(word));
  ASSERT_TRUE(here.receive(word));
  const Consumption after = reading(server.pid());
  ASSERT_EQ(after.processes().size(), 2U);

  const Json use = after.since(before);
  const double user = use.at("cpu_user_seconds").get<double>();
  const double system = use.at("cpu_system_seconds").get<double>();
  // What was reaped is known in ticks of 10 ms.
  EXPECT_GE(user + system, 0.15);
  EXPECT_LE(user + system, 0.4);
  const double busiest = use.at("max_process_cpu_seconds").get<double>();
  EXPECT_GE(busiest, 0.06);
  EXPECT_LE(busiest, 0.25);
  EXPECT_EQ(use.at("processes"), 2);
  EXPECT_GE(use.at("threads").get<int>(), 2);  // sanitizers have their own
  double by_thread = 0;
  for (const Json& one : use.at("cpu_by_thread"))
    by_thread += one.get<double>();
  EXPECT_GE(by_thread, 0.06);
  EXPECT_LE(by_thread, 0.4);
  EXPECT_GE(use.at("voluntary_switches").get<int>(), 1);
  EXPECT_GT(use.at("rss_bytes").get<std::int64_t>(), 0);
}

TEST(Consumption, WhoIsGoneUsesNothing) {
  const pid_t gone = [] {
    Child child = Child::fork([] {});
    const pid_t pid = child.pid();
    child.wait();
    return pid;
  }();
  const Consumption use = reading(gone);
  EXPECT_TRUE(use.processes().empty());
  EXPECT_TRUE(use.since(use).is_null());
}

}  // namespace
}  // namespace bench
