// The small owners: descriptors, children, channels, shared memory, signals.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "harness/posix/acceptor.h"
#include "harness/posix/bulletin.h"
#include "harness/posix/channel.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/clock.h"
#include "harness/posix/fd.h"
#include "harness/posix/loopback.h"
#include "harness/posix/one_shot.h"
#include "harness/posix/pipe.h"
#include "harness/posix/poll.h"
#include "harness/posix/proc.h"
#include "harness/posix/shared_array.h"

namespace bench {
namespace {

bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

TEST(Fd, ClosesOnceAndMoves) {
  Fd first(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = first.get();
  Fd second(std::move(first));
  EXPECT_FALSE(first);
  EXPECT_EQ(second.get(), number);
  EXPECT_TRUE(is_open(number));
  second.reset();
  EXPECT_FALSE(is_open(number));
}

TEST(Check, NamesCallAndReason) {
  errno = ENOENT;
  try {
    check(-1, "open the door");
    FAIL() << "must throw";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOENT);
    EXPECT_THAT(error.what(), testing::HasSubstr("open the door"));
  }
  EXPECT_EQ(check(7, "count"), 7);
}

TEST(SharedArray, IsSeenByParentAndChild) {
  SharedArray<int> numbers(1000);
  EXPECT_TRUE(std::all_of(numbers.begin(), numbers.end(),
                          [](int number) { return number == 0; }));
  Child::fork([&] { numbers[999] = 42; }).join("child");
  EXPECT_EQ(numbers[999], 42);
}

TEST(SharedArray, OutlivesWhoWroteIt) {
  const Fd memory = SharedArray<int>::make_memory(2);
  SharedArray<int>(memory.get(), 2)[1] = 42;
  const SharedArray<int> again(memory.get(), 2);
  EXPECT_EQ(again[0], 0);
  EXPECT_EQ(again[1], 42);
}

TEST(Listener, LeavesItsSocketToOthers) {
  std::atomic<bool> others{true};
  Fd socket = listen_on(0, false);
  Fd successor(dup(socket.get()));
  const sockaddr_in address = loopback(port_of(socket.get()));
  Listener old(std::move(socket), &others);
  const auto come = [&] {
    Fd client(
        check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    check(connect(client.get(), general(address), sizeof address), "connect");
    return client;
  };
  const Fd first = come();
  EXPECT_TRUE(old.shut());
  EXPECT_TRUE(old.accept().connection) << "it was in the queue";
  const Fd second = come();
  EXPECT_TRUE(old.shut());
  const Accepted none = old.accept();
  EXPECT_FALSE(none.connection);
  EXPECT_TRUE(none.over);
  EXPECT_TRUE(Listener(std::move(successor)).accept().connection);
}

TEST(SharedArray, MayBeEmpty) { EXPECT_EQ(SharedArray<int>(0).size(), 0u); }

TEST(Child, SaysHowItEnded) {
  EXPECT_NO_THROW(Child::fork([] {}).join("child"));
  const auto ending = [](auto body) -> std::string {
    try {
      Child::fork(body).join("the child");
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "well";
  };
  EXPECT_EQ(ending([] { raise(SIGKILL); }), "the child was killed by SIGKILL");
  EXPECT_EQ(ending([] { _exit(3); }), "the child exited with 3");
  testing::internal::CaptureStderr();
  EXPECT_EQ(ending([] { throw std::runtime_error("no luck"); }),
            "the child exited with 1");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "no luck\n");
}

TEST(Child, IsKilledAndReapedWhenItsOwnerDies) {
  pid_t pid = -1;
  {
    const Child child = Child::fork([] { pause(); });
    pid = child.pid();
    EXPECT_EQ(kill(pid, 0), 0);
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(Child, DiesWithItsParent) {
  auto [mine, its] = Channel::pair();
  Child parent = Child::fork([&] {
    const Child grandchild = Child::fork([] { pause(); });
    its.send(grandchild.pid());
    pause();
  });
  pid_t grandchild = -1;
  ASSERT_TRUE(mine.receive(grandchild));
  kill(parent.pid(), SIGKILL);
  parent.wait();
  // The kernel delivers the signal at the parent's end; init reaps later.
  its.close();
  pid_t nothing;
  EXPECT_FALSE(mine.receive(nothing)) << "the grandchild still holds its end";
}

TEST(Channel, KeepsMessagesWholeAndSeesTheEnd) {
  auto [mine, its] = Channel::pair();
  for (std::uint64_t i = 0; i < 3; ++i) ASSERT_TRUE(mine.send(i));
  std::uint64_t got = 99;
  for (std::uint64_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(its.receive(got));
    EXPECT_EQ(got, i);
  }
  mine.close();
  EXPECT_FALSE(its.receive(got));
  EXPECT_FALSE(its.send(got));  // and no SIGPIPE
}

TEST(OneShot, WakesThreadsAndProcesses) {
  SharedArray<OneShot> signal(1);
  Child child = Child::fork([&] {
    while (!signal[0].wait_for(1'000'000'000)) {
    }
  });
  std::jthread thread([&] {
    while (!signal[0].wait_for(1'000'000'000)) {
    }
  });
  EXPECT_FALSE(signal[0].fired());
  signal[0].fire();
  EXPECT_TRUE(signal[0].wait_for(0));
  child.join("child");
}

TEST(OneShot, GivesUpAfterItsTime) {
  SharedArray<OneShot> signal(1);
  EXPECT_FALSE(signal[0].wait_for(1'000'000));
}

TEST(Clock, DoesNotGoBack) {
  std::int64_t last = now_ns();
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t now = now_ns();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(Poll, WorksWithMoreEventsThanOpenFilesAreAllowed) {
  Pipe one;
  Pipe other;
  ASSERT_EQ(write(other.in.get(), "x", 1), 1);
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit least{1, limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &least);
  pollfd events[] = {{one.out.get(), POLLIN, 0}, {other.out.get(), POLLIN, 0}};
  EXPECT_EQ(poll_any(events, 1000), 1);
  EXPECT_EQ(events[0].revents, 0);
  EXPECT_EQ(events[1].revents, POLLIN);
  setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(Bulletin, IsReadAsAWhole) {
  const Fd memory = Bulletin::make_memory();
  const Bulletin board(memory.get());
  EXPECT_EQ(board.read(), "");
  Child writer = Child::fork([&] {
    Bulletin own(memory.get());
    for (std::size_t i = 0; i < 20'000; ++i) {
      own.write(std::string(i % 500, static_cast<char>('a' + i % 26)));
    }
    own.write("the last");
  });
  std::string text;
  do {
    text = board.read();
    const bool whole = text.find_first_not_of(text.substr(0, 1)) == text.npos;
    ASSERT_TRUE(whole || text == "the last") << text;
  } while (text != "the last");
  writer.join("the writer");
}

TEST(Bulletin, CutsWhatIsTooLong) {
  const Fd memory = Bulletin::make_memory();
  Bulletin board(memory.get());
  board.write(std::string(Bulletin::kRoom + 1, 'x'));
  EXPECT_EQ(board.read().size(), Bulletin::kRoom);
}

TEST(Contents, WhatCannotBeReadIsEmpty) {
  EXPECT_EQ(contents("/proc/nowhere"), "");
  EXPECT_EQ(contents("/proc/self"), "");  // it can be opened
}

}  // namespace
}  // namespace bench
