// Backend: right bytes, not too early, whatever clients do; and its end.
#include "harness/backend/backend.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/posix/clock.h"
#include "harness/posix/descriptors.h"
#include "harness/testing/backend_client.h"

namespace bench {
namespace {

using namespace std::chrono_literals;

TEST(Backend, AnswersTheRightBytesAndNotTooEarly) {
  const Backend backend = start_backend(10);
  for (const std::uint32_t bytes : {0, 1, 8, 100, 4096}) {
    const Question question{.key = bytes + 7, .wait_us = 5000, .bytes = bytes};
    const std::int64_t before = now_ns();
    const Fd fd = ask(backend.port(), question);
    EXPECT_EQ(read_all(fd), answer(question));
    EXPECT_GE(now_ns() - before, 5'000'000);
  }
  EXPECT_EQ(backend.death(), std::nullopt);
}

TEST(Backend, HoldsManyAtOnceAndAnswersEachInItsTurn) {
  const Backend backend = start_backend(2000);
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
  const Backend backend = start_backend(10);
  const Question question{.key = 3, .wait_us = 0, .bytes = 64};
  const Fd fd = connect_to(backend.port());
  const auto* bytes = reinterpret_cast<const std::byte*>(&question);
  for (std::size_t at = 0; at < sizeof question; at += 5) {
    send(fd.get(), bytes + at, std::min<std::size_t>(5, sizeof question - at),
         MSG_NOSIGNAL);
    EXPECT_TRUE(answers(backend));  // so much later
  }
  EXPECT_EQ(read_all(fd), answer(question));
}

TEST(Backend, ClosesWhenARequestEndsEarly) {
  const Backend backend = start_backend(10);
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
  const Backend backend = start_backend(10);
  for (const std::uint32_t wait_us : {0, 10'000, 150'000}) {
    const Question question{.key = 4, .wait_us = wait_us, .bytes = 32};
    const Fd fd = ask(backend.port(), question);
    shutdown(fd.get(), SHUT_WR);
    EXPECT_EQ(read_all(fd), answer(question));
  }
}

TEST(Backend, OutlivesResetsAtAnyMoment) {
  const Backend backend = start_backend(100);
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
  const Backend backend = start_backend(100);
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

/// Reads as many bytes as an answer has.
std::vector<std::byte> read_answer(const Fd& fd, const Question& question) {
  std::vector<std::byte> bytes(question.bytes);
  recv(fd.get(), bytes.data(), bytes.size(), MSG_WAITALL);
  return bytes;
}

TEST(Backend, KeepsAConnectionAsLongAsItIsAsked) {
  const Backend backend = start_backend(10);
  const Fd fd = connect_to(backend.port());
  // Longer waits are watched for a client that gives up; long answers come in
  // parts, between which others have their turn.
  const Question questions[] = {
      {.key = 1, .wait_us = 0, .bytes = 8, .keep = 1},
      {.key = 2, .wait_us = 150'000, .bytes = 300, .keep = 1},
      {.key = 3, .wait_us = 100, .bytes = 5'000'000, .keep = 1},
      {.key = 4, .wait_us = 100, .bytes = 64, .keep = 1},
      {.key = 5, .wait_us = 100, .bytes = 64}};
  for (const Question& question : questions) {
    send(fd.get(), &question, sizeof question, MSG_NOSIGNAL);
    EXPECT_EQ(read_answer(fd, question), answer(question)) << question.key;
  }
  EXPECT_TRUE(read_all(fd).empty());  // the last one wanted it closed
  EXPECT_EQ(backend.figures().answered(), 5U);
  EXPECT_EQ(backend.figures().connections, 1U);
}

TEST(Backend, TakesAQuestionOnAKeptConnectionInPieces) {
  const Backend backend = start_backend(10);
  const Question question{.key = 3, .bytes = 64, .keep = 1};
  const Fd fd = connect_to(backend.port());
  const auto* bytes = reinterpret_cast<const std::byte*>(&question);
  for (int i = 0; i < 3; ++i) {
    for (std::size_t at = 0; at < sizeof question; at += 5) {
      send(fd.get(), bytes + at, std::min<std::size_t>(5, sizeof question - at),
           MSG_NOSIGNAL);
      EXPECT_TRUE(answers(backend));  // so much later
    }
    EXPECT_EQ(read_answer(fd, question), answer(question));
  }
}

TEST(Backend, ClosesAKeptConnectionAfterTheLastWord) {
  const Backend backend = start_backend(10);
  for (const std::uint32_t wait_us : {0, 10'000, 150'000}) {
    const Question question{
        .key = 4, .wait_us = wait_us, .bytes = 32, .keep = 1};
    const Fd fd = ask(backend.port(), question);
    EXPECT_EQ(read_answer(fd, question), answer(question));
    send(fd.get(), &question, sizeof question, MSG_NOSIGNAL);
    shutdown(fd.get(), SHUT_WR);
    EXPECT_EQ(read_all(fd), answer(question)) << wait_us;
    const Fd silent = ask(backend.port(), question);
    EXPECT_EQ(read_answer(silent, question), answer(question));
    shutdown(silent.get(), SHUT_WR);
    EXPECT_TRUE(read_all(silent).empty()) << wait_us;
  }
}

TEST(Backend, ClosesWhenAQuestionComesBeforeTheAnswer) {
  const Backend backend = start_backend(10);
  const Question question{
      .key = 1, .wait_us = 3'000'000'000, .bytes = 8, .keep = 1};
  const Question two[] = {question, question};
  const Fd together = connect_to(backend.port());
  send(together.get(), two, sizeof two, MSG_NOSIGNAL);
  std::byte byte;
  EXPECT_LE(recv(together.get(), &byte, 1, 0), 0);
  const Fd apart = ask(backend.port(), question);
  EXPECT_TRUE(answers(backend));
  send(apart.get(), &question, sizeof question, MSG_NOSIGNAL);
  EXPECT_LE(recv(apart.get(), &byte, 1, 0), 0);
}

TEST(Backend, ClosesOnGarbage) {
  const Backend backend = start_backend(10);
  EXPECT_TRUE(
      read_all(ask(backend.port(), {.bytes = kLongestAnswer + 1})).empty());
  const Fd chatty = ask(backend.port(), {.key = 1, .wait_us = 1000});
  for (int i = 0; i < 10; ++i) send(chatty.get(), "more", 4, MSG_NOSIGNAL);
  std::byte byte;
  EXPECT_LE(recv(chatty.get(), &byte, 1, 0), 0);
  EXPECT_TRUE(answers(backend));
}

TEST(Backend, WaitsForSlowReaders) {
  const Backend backend = start_backend(10);
  const Question question{.key = 11, .wait_us = 0, .bytes = kLongestAnswer};
  const Fd slow = ask(backend.port(), question);
  EXPECT_TRUE(answers(backend));  // meanwhile
  EXPECT_EQ(read_all(slow, 100'001), answer(question));
}

TEST(Backend, CountsCpuAndLateness) {
  const Backend backend = start_backend(10);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(answers(backend));
  const BackendFigures before = backend.figures();
  EXPECT_EQ(before.answered(), 10U);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(answers(backend));
  BackendFigures between = backend.figures();
  between -= before;
  EXPECT_EQ(between.answered(), 20U);
  EXPECT_GT(between.cpu_seconds(), 0);
  EXPECT_LE(between.cpu_seconds(), backend.figures().cpu_seconds());
  EXPECT_EQ(between.connections, 20U);
  EXPECT_GT(*between.late_p99_seconds(), 0);
}

TEST(Backend, TellsHowItDiedAndLeavesItsFigures) {
  const Backend backend = start_backend(10);
  ASSERT_TRUE(answers(backend));
  kill(backend.pid(), SIGKILL);
  for (int i = 0; i < 1000 && !backend.death(); ++i) sleep_for(10ms);
  EXPECT_EQ(backend.death(), "was killed by SIGKILL");
  EXPECT_EQ(backend.death(), "was killed by SIGKILL");  // as often as asked
  EXPECT_EQ(backend.figures().answered(), 1U);
  EXPECT_GT(backend.figures().cpu_seconds(), 0);
}

std::string failure_to_start(const Backend::Body& body) {
  try {
    Backend::start({}, 10, 1, body);
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
    Backend backend = start_backend(10);
    pid = backend.pid();
    backend = start_backend(10);
    EXPECT_EQ(kill(pid, 0), -1);
    pid = backend.pid();
    EXPECT_EQ(kill(pid, 0), 0);
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
}

}  // namespace
}  // namespace bench
