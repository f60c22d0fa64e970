// Backend: right bytes, not too early, whatever clients do; and its end.
#include "harness/backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/exchange.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/clock.h"
#include "harness/posix/descriptors.h"
#include "harness/posix/fd.h"

namespace bench {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A test must not wait for a minute if an answer never comes.
constexpr timeval kPatience{60, 0};

/// In a forked child, not in a fresh process: this binary is no backend.
Backend start(std::uint32_t most_requests) {
  return Backend::start({}, most_requests, run_backend);
}

Fd connect_to(std::uint16_t port) {
  Fd fd(check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                sizeof address),
        "connect");
  return fd;
}

void reset(Fd& fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  fd.reset();
}

Fd ask(std::uint16_t port, const Question& request) {
  Fd fd = connect_to(port);
  check(send(fd.get(), &request, sizeof request, MSG_NOSIGNAL), "send");
  return fd;
}

/// All bytes up to the end of the stream, in pieces of at most `piece` bytes.
std::vector<std::byte> read_all(const Fd& fd, std::size_t piece = 1 << 16) {
  std::vector<std::byte> all;
  std::vector<std::byte> buffer(piece);
  for (;;) {
    const ssize_t got = check(
        retry([&] { return recv(fd.get(), buffer.data(), piece, 0); }), "recv");
    if (got == 0) return all;
    all.insert(all.end(), buffer.begin(), buffer.begin() + got);
  }
}

std::vector<std::byte> answer(const Question& request) {
  std::vector<std::byte> bytes(request.bytes);
  fill_answer(request.key, bytes);
  return bytes;
}

/// True if the backend still serves.
bool answers(const Backend& backend) {
  const Question request{.key = 99, .wait_us = 0, .bytes = 16};
  return read_all(ask(backend.port(), request)) == answer(request);
}

TEST(Exchange, DigestsAreTheSameByAllRoads) {
  for (const std::uint32_t bytes : {0, 1, 7, 8, 9, 255, 256, 1000}) {
    const std::vector<std::byte> all = answer({.key = 5, .bytes = bytes});
    EXPECT_EQ(digest_of(all), digest_of_answer(5, bytes)) << bytes;
    for (const std::size_t piece : {1, 3, 8, 13, 64}) {
      Digest digest;
      for (std::size_t at = 0; at < all.size(); at += piece) {
        digest.add(
            std::span(all).subspan(at, std::min(piece, all.size() - at)));
      }
      EXPECT_EQ(digest.value(), digest_of(all)) << bytes << " by " << piece;
    }
  }
}

TEST(Exchange, DigestsSeeEveryByteAndItsPlace) {
  std::vector<std::byte> bytes = answer({.key = 5, .bytes = 100});
  const std::uint64_t right = digest_of(bytes);
  for (std::byte& byte : bytes) {
    byte ^= std::byte{1};
    EXPECT_NE(digest_of(bytes), right);
    byte ^= std::byte{1};
  }
  std::swap_ranges(bytes.begin(), bytes.begin() + 8, bytes.begin() + 8);
  EXPECT_NE(digest_of(bytes), right);
  EXPECT_NE(digest_of_answer(5, 99), right);
  EXPECT_NE(digest_of_answer(6, 100), right);
  EXPECT_NE(digest_of(std::vector<std::byte>(8)), digest_of({}));
}

TEST(Exchange, AnAnswerCanBeMadeFromAnyWordOn) {
  const std::vector<std::byte> whole = answer({.key = 7, .bytes = 83});
  std::vector<std::byte> end(83 - 3 * 8);
  fill_answer(7, end, 3);
  EXPECT_TRUE(std::equal(end.begin(), end.end(), whole.begin() + 24));
}

TEST(Lateness, BucketsAreNarrowAndInOrder) {
  std::size_t before = 0;
  for (std::int64_t span = 0; span < 100'000'000'000; span += span / 50 + 1) {
    const std::size_t bucket = lateness_bucket(span);
    EXPECT_GE(bucket, before);
    const double exact = static_cast<double>(span) * 1e-9;
    EXPECT_GE(lateness_border(bucket), exact * 0.999999);
    EXPECT_LE(lateness_border(bucket), exact * 1.04 + 1e-9);
    before = bucket;
  }
  EXPECT_EQ(lateness_bucket(-1), 0U);
  EXPECT_EQ(lateness_bucket(INT64_MAX), kLatenessBuckets - 1);
}

TEST(Lateness, QuantilesAreNearestRanks) {
  Lateness lateness;
  EXPECT_FALSE(lateness.quantile_seconds(0.99).has_value());
  for (int i = 1; i <= 20; ++i) ++lateness.counts[lateness_bucket(i)];
  EXPECT_DOUBLE_EQ(*lateness.quantile_seconds(0.5), 10e-9);
  EXPECT_DOUBLE_EQ(*lateness.quantile_seconds(0.99), 20e-9);
  EXPECT_DOUBLE_EQ(*lateness.quantile_seconds(1), 20e-9);
}

TEST(Backend, AnswersTheRightBytesAndNotTooEarly) {
  const Backend backend = start(10);
  for (const std::uint32_t bytes : {0, 1, 8, 100, 4096}) {
    const Question request{.key = bytes + 7, .wait_us = 5000, .bytes = bytes};
    const std::int64_t before = now_ns();
    const Fd fd = ask(backend.port(), request);
    EXPECT_EQ(read_all(fd), answer(request));
    EXPECT_GE(now_ns() - before, 5'000'000);
  }
  EXPECT_EQ(backend.death(), std::nullopt);
}

TEST(Backend, HoldsManyAtOnceAndAnswersEachInItsTurn) {
  const Backend backend = start(2000);
  const rlim_t limit = raise_descriptor_limit(2100);
  ASSERT_GE(limit, 2100U);
  std::vector<Fd> clients;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    clients.push_back(
        ask(backend.port(),
            {.key = i, .wait_us = i % 3 * 50'000, .bytes = i % 500}));
  }
  for (std::uint32_t i = 0; i < 2000; ++i) {
    EXPECT_EQ(read_all(clients[i]), answer({.key = i, .bytes = i % 500}));
  }
  EXPECT_EQ(backend.figures().answered(), 2000U);
  EXPECT_EQ(backend.processes().size(), 1U);
}

TEST(Backend, TakesARequestInPieces) {
  const Backend backend = start(10);
  const Question request{.key = 3, .wait_us = 0, .bytes = 64};
  const Fd fd = connect_to(backend.port());
  const auto* bytes = reinterpret_cast<const std::byte*>(&request);
  for (std::size_t at = 0; at < sizeof request; at += 5) {
    send(fd.get(), bytes + at, std::min<std::size_t>(5, sizeof request - at),
         MSG_NOSIGNAL);
    EXPECT_TRUE(answers(backend));  // so much later
  }
  EXPECT_EQ(read_all(fd), answer(request));
}

TEST(Backend, ClosesWhenARequestEndsEarly) {
  const Backend backend = start(10);
  const Fd silent = connect_to(backend.port());
  shutdown(silent.get(), SHUT_WR);
  EXPECT_TRUE(read_all(silent).empty());
  const Fd half = connect_to(backend.port());
  send(half.get(), "12345678", 8, MSG_NOSIGNAL);
  shutdown(half.get(), SHUT_WR);
  EXPECT_TRUE(read_all(half).empty());
  EXPECT_TRUE(answers(backend));
}

TEST(Backend, AnswersWhoHasSaidHisLastWord) {
  const Backend backend = start(10);
  for (const std::uint32_t wait_us : {0, 10'000, 150'000}) {
    const Question request{.key = 4, .wait_us = wait_us, .bytes = 32};
    const Fd fd = ask(backend.port(), request);
    shutdown(fd.get(), SHUT_WR);
    EXPECT_EQ(read_all(fd), answer(request));
  }
}

TEST(Backend, OutlivesResetsAtAnyMoment) {
  const Backend backend = start(100);
  const std::uint64_t before = backend.figures().answered();
  for (std::uint64_t i = 0; i < 50; ++i) {
    Fd at_once = connect_to(backend.port());
    reset(at_once);
    Fd half = connect_to(backend.port());
    send(half.get(), "1234", 4, MSG_NOSIGNAL);
    reset(half);
    Fd waiting = ask(backend.port(), {.key = i, .wait_us = 1000, .bytes = 8});
    reset(waiting);
    Fd patient = ask(backend.port(), {.key = i, .wait_us = 1u << 31});
    reset(patient);
    Fd sending = ask(backend.port(), {.key = i, .bytes = kLongestAnswer});
    std::byte byte;
    EXPECT_EQ(recv(sending.get(), &byte, 1, 0), 1);
    reset(sending);
  }
  EXPECT_TRUE(answers(backend));
  EXPECT_GE(backend.figures().answered(), before + 51);
  EXPECT_EQ(backend.death(), std::nullopt);
}

/// Descriptors that a process has open.
std::size_t open_files(pid_t process) {
  const std::string folder = "/proc/" + std::to_string(process) + "/fd";
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& file :
       std::filesystem::directory_iterator(folder)) {
    ++count;
  }
  return count;
}

TEST(Backend, NeverAnswersWhoAsksForThatAndForgetsHimWhenHeGoes) {
  const Backend backend = start(100);
  ASSERT_TRUE(answers(backend));
  const std::size_t before = open_files(backend.pid());
  std::vector<Fd> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(ask(backend.port(), {.wait_us = kNever, .bytes = 8}));
  }
  ASSERT_TRUE(answers(backend));
  std::byte byte;
  EXPECT_EQ(recv(clients[0].get(), &byte, 1, MSG_DONTWAIT), -1);
  EXPECT_EQ(errno, EAGAIN);
  for (std::size_t i = 0; i < clients.size(); i += 2) reset(clients[i]);
  clients.clear();
  for (int i = 0; i < 1000 && open_files(backend.pid()) > before; ++i) {
    sleep_for(10ms);
  }
  EXPECT_EQ(open_files(backend.pid()), before);
}

TEST(Backend, ClosesOnGarbage) {
  const Backend backend = start(10);
  EXPECT_TRUE(
      read_all(ask(backend.port(), {.bytes = kLongestAnswer + 1})).empty());
  const Fd chatty = ask(backend.port(), {.key = 1, .wait_us = 1000});
  for (int i = 0; i < 10; ++i) send(chatty.get(), "more", 4, MSG_NOSIGNAL);
  std::byte byte;
  EXPECT_LE(recv(chatty.get(), &byte, 1, 0), 0);
  EXPECT_TRUE(answers(backend));
}

TEST(Backend, WaitsForSlowReaders) {
  const Backend backend = start(10);
  const Question request{.key = 11, .wait_us = 0, .bytes = kLongestAnswer};
  const Fd slow = ask(backend.port(), request);
  EXPECT_TRUE(answers(backend));  // meanwhile
  EXPECT_EQ(read_all(slow, 100'001), answer(request));
}

TEST(Backend, CountsCpuAndLateness) {
  const Backend backend = start(10);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(answers(backend));
  const BackendFigures before = backend.figures();
  EXPECT_EQ(before.answered(), 10U);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(answers(backend));
  BackendFigures between = backend.figures();
  between -= before;
  EXPECT_EQ(between.answered(), 20U);
  EXPECT_GT(between.cpu_seconds, 0);
  EXPECT_LE(between.cpu_seconds, backend.cpu_seconds());
  EXPECT_GT(*between.late_p99_seconds(), 0);
  EXPECT_GE(*between.late_max_seconds(), *between.late_p99_seconds());
}

TEST(Backend, TellsHowItDiedAndLeavesItsFigures) {
  const Backend backend = start(10);
  ASSERT_TRUE(answers(backend));
  kill(backend.pid(), SIGKILL);
  for (int i = 0; i < 1000 && !backend.death(); ++i) sleep_for(10ms);
  EXPECT_EQ(backend.death(), "was killed by SIGKILL");
  EXPECT_EQ(backend.death(), "was killed by SIGKILL");  // as often as asked
  EXPECT_EQ(backend.figures().answered(), 1U);
  EXPECT_GT(backend.cpu_seconds(), 0);
}

std::string failure_to_start(const Backend::Body& body) {
  try {
    Backend::start({}, 10, body);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(Backend, SaysWhyItCouldNotStart) {
  EXPECT_EQ(failure_to_start([](const auto&) -> int {
              throw std::runtime_error("no more ports");
            }),
            "the backend exited with 1: no more ports");
  EXPECT_EQ(failure_to_start([](const auto&) { return raise(SIGKILL); }),
            "the backend was killed by SIGKILL");
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(Backend, LeavesNoProcess) {
  pid_t pid;
  {
    Backend backend = start(10);
    pid = backend.pid();
    backend = start(10);
    EXPECT_EQ(kill(pid, 0), -1);
    pid = backend.pid();
    EXPECT_EQ(kill(pid, 0), 0);
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
}

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

TEST(Backend, SharesItsWorkWhenDescriptorsAreFew) {
  with_few_descriptors([] {
    // Clients need descriptors, too: each of these holds a part of them.
    constexpr int kClients = 4;
    constexpr std::uint32_t kEach = 100;
    std::vector<pid_t> processes;
    {
      const Backend backend = start(kClients * kEach);
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
    const Backend backend = start(400);
    kill(backend.processes().back(), SIGKILL);
    for (int i = 0; i < 1000 && !backend.death(); ++i) sleep_for(10ms);
    EXPECT_EQ(backend.death(), "exited with 1: an acceptor has died");
  });
}

TEST(Backend, GoesOnWhenDescriptorsHaveRunOut) {
  with_few_descriptors([] {
    const Backend backend = start(100);
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
      start(1'000'000);
      ADD_FAILURE();
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), HasSubstr("a process may open 200 files"));
    }
  });
}

}  // namespace
}  // namespace bench
