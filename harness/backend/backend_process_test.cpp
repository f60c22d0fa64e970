// run_backend: several processes where one may not open enough files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <stdexcept>
#include <vector>

#include "harness/backend/backend.h"
#include "harness/posix/child.h"
#include "harness/posix/clock.h"
#include "harness/system/cpus.h"
#include "harness/testing/backend_client.h"

namespace bench {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Runs `body` where a process may open 200 files and not ask for more.
void with_few_descriptors(const std::function<void()>& body) {
  Child::fork([&] {
    const rlimit few{200, 200};
    check(setrlimit(RLIMIT_NOFILE, &few), "setrlimit");
    if (geteuid() == 0) check(setuid(65534), "setuid");
    body();
    if (testing::Test::HasFailure()) _exit(1);
  }).join("the test with few descriptors");
}

TEST(Backend, HasAProcessForTwoCoresAndSumsWhatTheyDo) {
  constexpr std::uint32_t kClients = 200;
  const Backend backend = Backend::start({}, kClients, 6, run_backend);
  ASSERT_EQ(backend.processes().size(), 3U);
  std::vector<Fd> fds;
  for (std::uint32_t i = 0; i < kClients; ++i) {
    fds.push_back(ask(backend.port(), {.key = i, .bytes = 64}));
  }
  for (std::uint32_t i = 0; i < kClients; ++i) {
    EXPECT_EQ(read_all(fds[i]), answer({.key = i, .bytes = 64}));
  }
  const BackendFigures figures = backend.figures();
  EXPECT_EQ(figures.answered(), kClients);
  EXPECT_EQ(figures.connections, kClients);
  EXPECT_EQ(figures.cpu_seconds_each.size(), 3U);
  EXPECT_GE(figures.cpu_seconds(), figures.busiest_cpu_seconds());
  EXPECT_GT(figures.busiest_cpu_seconds(), 0);
}

TEST(Backend, HasNoMoreProcessesThanCpus) {
  const std::vector<int> one = {allowed_cpus().front()};
  EXPECT_EQ(Backend::start(one, 10, 64, run_backend).processes().size(), 1U);
  EXPECT_EQ(Backend::start({}, 10, 1, run_backend).processes().size(), 1U);
}

TEST(Backend, SharesItsWorkWhenDescriptorsAreFew) {
  with_few_descriptors([] {
    // Clients need descriptors, too: each of these holds a part of them.
    constexpr int kClients = 4;
    constexpr std::uint32_t kEach = 100;
    std::vector<pid_t> processes;
    {
      const Backend backend = start_backend(kClients * kEach);
      processes = backend.processes();
      EXPECT_GE(processes.size(), 3U);
      std::vector<Child> clients;
      for (int c = 0; c < kClients; ++c) {
        clients.push_back(Child::fork([&] {
          std::vector<Fd> fds;
          for (std::uint32_t i = 0; i < kEach; ++i) {
            fds.push_back(ask(backend.port(),
                              {.key = i, .wait_us = 300'000, .bytes = 64}));
          }
          for (std::uint32_t i = 0; i < kEach; ++i) {
            if (read_all(fds[i]) != answer({.key = i, .bytes = 64})) _exit(9);
          }
        }));
      }
      for (Child& client : clients) client.join("a client");
      EXPECT_EQ(backend.figures().answered(), kClients * kEach);
    }
    for (const pid_t process : processes) EXPECT_EQ(kill(process, 0), -1);
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  });
}

TEST(Backend, DiesWhenOneOfItsProcessesDies) {
  with_few_descriptors([] {
    const Backend backend = start_backend(400);
    kill(backend.processes().back(), SIGKILL);
    for (int i = 0; i < 1000 && !backend.death(); ++i) sleep_for(10ms);
    EXPECT_EQ(backend.death(), "exited with 1: an acceptor has died");
  });
}

TEST(Backend, GoesOnWhenDescriptorsHaveRunOut) {
  with_few_descriptors([] {
    const Backend backend = start_backend(100);
    EXPECT_EQ(backend.processes().size(), 1U);
    // More than it was made for: it takes what it can, and the others later.
    std::vector<Child> clients;
    for (int c = 0; c < 3; ++c) {
      clients.push_back(Child::fork([&] {
        std::vector<Fd> fds;
        for (std::uint32_t i = 0; i < 100; ++i) {
          fds.push_back(
              ask(backend.port(), {.key = i, .wait_us = 50'000, .bytes = 8}));
        }
        for (const Fd& fd : fds) {
          if (read_all(fd).size() != 8) _exit(9);
        }
      }));
    }
    for (Child& client : clients) client.join("a client");
    EXPECT_EQ(backend.figures().answered(), 300U);
  });
}

TEST(Backend, SaysWhenTheLimitIsTooLowForItsRequests) {
  with_few_descriptors([] {
    try {
      start_backend(1'000'000);
      ADD_FAILURE();
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), HasSubstr("a process may open 200 files"));
    }
  });
}

}  // namespace
}  // namespace bench
