// Steps: a peer that behaves badly, and what every model makes of it.
//
// The jobs of scenario io ask a peer of this test instead of a backend. Both
// ways of obeying a step must come to the same outcome: the right answer, or
// the same errno.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/backend/exchange.h"
#include "harness/core/batch.h"
#include "harness/core/registry.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/fd.h"
#include "harness/repetition/repetition.h"
#include "models/testing/peer.h"
#include "models/testing/registry.h"

namespace bench {
namespace {

constexpr std::uint32_t kBytes = 3000;
constexpr std::size_t kJobs = 12;

void send_all(int fd, const std::vector<std::byte>& bytes, std::size_t step) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const std::size_t size = std::min(step, bytes.size() - sent);
    const ssize_t now = send(fd, bytes.data() + sent, size, MSG_NOSIGNAL);
    if (now <= 0) return;
    sent += static_cast<std::size_t>(now);
    if (step < bytes.size()) usleep(50);  // so that it does not come at once
  }
}

/// What a peer does with a connection whose `number`-th question it has read;
/// false: it closes then.
using Manner = std::function<bool(int fd, const Question&, int number)>;

std::vector<std::byte> answer_to(const Question& question) {
  std::vector<std::byte> bytes(question.bytes);
  fill_answer(question.key, bytes);
  return bytes;
}

bool answer_in_pieces(int fd, const Question& question, int) {
  send_all(fd, answer_to(question), 97);
  return true;
}
bool answer_and_close(int fd, const Question& question, int number) {
  answer_in_pieces(fd, question, number);
  return false;
}
bool answer_too_much(int fd, const Question& question, int) {
  std::vector<std::byte> bytes = answer_to(question);
  bytes.push_back(std::byte{7});
  send_all(fd, bytes, bytes.size());
  return true;
}
bool hang_up(int, const Question&, int) { return false; }
bool hang_up_in_the_middle(int fd, const Question& question, int) {
  std::vector<std::byte> bytes = answer_to(question);
  bytes.resize(bytes.size() / 2);
  send_all(fd, bytes, bytes.size());
  return false;
}
bool reset(int fd, const Question&, int) {
  reset_when_closed(fd);
  return false;
}
bool never_answer(int, const Question&, int) {
  pause();
  return false;
}

/// The same, but on a connection that has served a job already.
Manner from_the_second_on(const Manner& manner) {
  return [=](int fd, const Question& question, int number) {
    return number == 1 ? answer_in_pieces(fd, question, number)
                       : manner(fd, question, number);
  };
}

/// Serves one connection after another, each in a process of its own, until
/// it is killed.
Child start_peer(const Peer& listener, const Manner& manner) {
  return Child::fork([&] {
    for (;;) {
      const Fd peer(accept(listener.fd.get(), nullptr, nullptr));
      const pid_t server = getpid();
      if (!peer || fork() != 0) continue;
      die_with_parent(server);
      Question question;
      int number = 0;
      while (recv(peer.get(), &question, sizeof question, MSG_WAITALL) ==
                 sizeof question &&
             manner(peer.get(), question, ++number)) {
      }
      _exit(0);
    }
  });
}

struct Misconduct {
  std::string name;
  Manner manner;  // empty: nobody listens
  int error;      // that some job must have; 0: all have the right answer
  bool only_kept = false;  // it happens to connections that are kept

  int error_with(const ModelInfo& info) const {
    const bool keeps =
        !info.worker_per_job;  // a worker lives longer than a job
    return only_kept && !keeps ? 0 : error;
  }
};

const Misconduct kMisconduct[] = {
    {"AnswerInPieces", answer_in_pieces, 0},
    {"AnswerAndClose", answer_and_close, 0},
    // A kept connection that is closed before a byte of the answer has come was
    // a stale one: the job asks again on a new one. Whatever else happens to a
    // kept one is a failure, as it is on a new one.
    {"HangUpWhenKept", from_the_second_on(hang_up), 0},
    {"ResetWhenKept", from_the_second_on(reset), 0},
    {"HangUpInTheMiddleWhenKept", from_the_second_on(hang_up_in_the_middle),
     ECONNABORTED, true},
    {"NeverAnswerWhenKept", from_the_second_on(never_answer), ETIMEDOUT, true},
    {"AnswerTooMuch", answer_too_much, EPROTO},
    {"HangUp", hang_up, ECONNABORTED},
    {"HangUpInTheMiddle", hang_up_in_the_middle, ECONNABORTED},
    {"Reset", reset, ECONNRESET},
    {"NeverAnswer", never_answer, ETIMEDOUT},
    {"NobodyListens", nullptr, ECONNREFUSED},
    {"NobodyAccepts", nullptr, ETIMEDOUT},
};

#define REQUIRE(condition)                                  \
  if (!(condition)) {                                       \
    fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
    _exit(1);                                               \
  }

/// Runs a batch against the peer and checks its records; ends the process.
[[noreturn]] void ask(const ModelInfo& info, const Misconduct& one) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  signal(SIGPIPE, SIG_IGN);
  const int error = one.error_with(info);
  auto listener = std::make_unique<Peer>();
  Order order;
  order.scenario = "io";
  order.seed = 3;
  order.surroundings.backend_port = listener->port;
  const ScenarioInfo& io = scenario_named("io");
  for (const Parameter& parameter : io.parameters) {
    order.parameters.set(parameter.name, parameter.fallback);
  }
  order.parameters.set("payload", std::to_string(kBytes));
  order.parameters.set("timeout-ms", error == ETIMEDOUT ? "50" : "60000");
  const auto scenario =
      io.make(order.parameters, order.seed, order.surroundings);
  Child peer = one.manner ? start_peer(*listener, one.manner) : Child(-1);
  // The peer has its own. Without one, nobody listens; or, where a connection
  // must remain half done, nobody accepts and the queue is full.
  std::vector<Fd> queue;
  if (one.manner || error != ETIMEDOUT) {
    listener.reset();
  } else {
    listen(listener->fd.get(), 0);
    const sockaddr_in address = loopback(listener->port);
    for (int i = 0; i < 2; ++i) {
      queue.emplace_back(
          socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      connect(queue.back().get(), general(address), sizeof address);
    }
  }

  const Parameters parameters = defaults_of(info.parameters);
  const std::uint32_t workers = info.one_worker ? 1 : 2;
  const bool loops = info.waits == ModelInfo::Waits::in_loop;
  Batch batch(*scenario, kJobs, {{}, workers, loops ? 4 : workers, parameters},
              [&](std::size_t i) {
                return std::vector<std::string>{
                    BENCH_BINARY, "__job", to_text(order), std::to_string(i),
                    std::to_string(getpid())};
              });
  info.make()->run(batch);

  int failed = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Record& record = batch.records()[i];
    REQUIRE(record.begins == 1 && record.finishes == 1);
    if (record.error == 0) {
      REQUIRE(record.digest == scenario->expected(i));
    } else if (record.error != ECANCELED) {
      fprintf(stderr, "job %zu: %s\n", i, strerrorname_np(record.error));
      REQUIRE(record.error == error);
      ++failed;
    }
  }
  REQUIRE((failed > 0) == (error != 0));
  // The first failure cancels what had not begun: nobody waits for it.
  REQUIRE(error == 0 || batch.records()[kJobs - 1].error == ECANCELED);
  _exit(0);
}

using Pair = std::tuple<const ModelInfo*, const Misconduct*>;

class Steps : public testing::TestWithParam<Pair> {};

TEST_P(Steps, ComeToTheSameOutcome) {
  const auto [model, one] = GetParam();
  EXPECT_EXIT(ask(*model, *one), testing::ExitedWithCode(0), "");
}

std::vector<const Misconduct*> every_case() {
  std::vector<const Misconduct*> all;
  for (const Misconduct& one : kMisconduct) all.push_back(&one);
  return all;
}

std::string pair_name_of(const testing::TestParamInfo<Pair>& info) {
  return as_test_name(std::get<0>(info.param)->name() + "_" +
                      std::get<1>(info.param)->name);
}

INSTANTIATE_TEST_SUITE_P(All, Steps,
                         testing::Combine(testing::ValuesIn(models_that_run()),
                                          testing::ValuesIn(every_case())),
                         pair_name_of);

}  // namespace
}  // namespace bench
