// HostedServer: starts, answers, stops; and what happens when it does not.
#include "harness/sweep/hosted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/posix/loopback.h"

namespace bench {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Words = std::vector<std::string>;

/// A server that is neither ours nor anybody's: it listens and accepts nobody.
/// `trap`: what its shell does about SIGTERM.
HostedServer listening_shell(const std::string& trap, std::string* folder) {
  return HostedServer::start_command(
      "the shell", {}, [&](std::uint16_t port, const std::string& where) {
        if (folder != nullptr) *folder = where;
        const std::string script =
            "import socket, signal, time\n" + trap +
            "\ns = socket.socket()\n"
            "s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
            "s.bind(('127.0.0.1', " +
            std::to_string(port) +
            "))\ns.listen()\n"
            "while True: time.sleep(1)\n";
        std::ofstream(where + "/server.py") << script;
        return Words{"/usr/bin/python3", where + "/server.py"};
      });
}

std::string failure(const std::function<void()>& body) {
  try {
    body();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "none";
}

int children() {
  int count = 0;
  while (waitpid(-1, nullptr, WNOHANG) > 0) ++count;
  return errno == ECHILD ? count : -1;
}

TEST(HostedServer, ServesAsAnotherProgramAndStops) {
  children();  // zombies that tests before this one have left to their reaper
  std::string folder;
  {
    HostedServer server = listening_shell("", &folder);
    EXPECT_EQ(refusal_of(loopback_address("127.0.0.1", server.port())), 0);
    EXPECT_FALSE(server.death());
    EXPECT_EQ(server.processes().size(), 2U);  // and its guard
    EXPECT_TRUE(std::filesystem::exists(folder));
    const ServerEnd end = server.stop(5s);
    EXPECT_TRUE(end.in_time);
    EXPECT_EQ(end.how, "was killed by SIGTERM");
    EXPECT_FALSE(end.clean());
    EXPECT_GT(server.end().cpu_seconds(), 0);
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_EQ(children(), 0);
}

TEST(HostedServer, IsKilledIfItDoesNotStop) {
  {
    const HostedServer server = listening_shell(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)", nullptr);
    const ServerEnd end = server.stop(100ms);
    EXPECT_FALSE(end.in_time);
    EXPECT_EQ(end.how, "did not stop within 0.6 s");
  }
  EXPECT_EQ(children(), 0);
}

TEST(HostedServer, SaysHowItDiedBeforeItAnswered) {
  const auto starts = [](const Words& words) {
    return failure([&] {
      HostedServer::start_command(
          "the peer", {},
          [&](std::uint16_t, const std::string&) { return words; });
    });
  };
  EXPECT_EQ(starts({"/bin/sh", "-c", "echo bad luck >&2; exit 3"}),
            "the peer exited with 3: bad luck");
  EXPECT_EQ(starts({"/bin/sh", "-c", "kill -9 $$"}),
            "the peer was killed by SIGKILL");
  EXPECT_THAT(starts({"/nowhere"}), HasSubstr("No such file or directory"));
  EXPECT_EQ(children(), 0);
}

TEST(HostedServer, DiesWithItsOwnerAndWithAllThatItStarted) {
  // The owner is a child of ours: it starts a server whose child ignores what
  // happens to its parent, says who they are, and is killed.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  int ends[2];
  check(pipe(ends), "pipe");
  const Fd out(ends[0]);
  Child owner = Child::fork([&] {
    const HostedServer server = listening_shell(
        "import os\nif os.fork() == 0:\n  while True: time.sleep(1)", nullptr);
    const pid_t group = server.pid();
    check(write(ends[1], &group, sizeof group), "write");
    pause();
  });
  close(ends[1]);
  pid_t group = 0;
  ASSERT_EQ(read(out.get(), &group, sizeof group), sizeof group);
  kill(owner.pid(), SIGKILL);
  owner.wait();
  // Orphans become ours: all end, the guard as well.
  int reaped = 0;
  while (waitpid(-1, nullptr, 0) > 0) ++reaped;
  prctl(PR_SET_CHILD_SUBREAPER, 0);  // those of other tests are not
  EXPECT_EQ(reaped, 3);
  EXPECT_EQ(kill(-group, 0), -1);
}

}  // namespace
}  // namespace bench
