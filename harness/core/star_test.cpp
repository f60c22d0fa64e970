// Star and Mailbox: order, counts, and what becomes of messages when somebody
// is slow or dies.
#include "harness/core/star.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <string>

#include "harness/posix/clock.h"
#include "harness/posix/poll.h"

namespace bench {
namespace {

using namespace std::chrono_literals;
using Sent = Mailbox::Sent;

Message numbered(std::uint64_t number) {
  return {0, 0, 0, std::to_string(number)};
}

TEST(Mailbox, KeepsOrderAndRefusesWhatFindsItFull) {
  auto [mine, its] = Channel::pair();
  Mailbox out(std::move(mine));
  Mailbox in(std::move(its));
  std::uint64_t sent = 0;
  while (out.try_send(numbered(sent)) == Sent::yes) ++sent;
  EXPECT_EQ(out.try_send(numbered(sent)), Sent::full);
  EXPECT_EQ(out.waiting(), Mailbox::kMostWaiting);
  EXPECT_EQ(out.most_waiting(), Mailbox::kMostWaiting);
  EXPECT_EQ(out.passed() + out.waiting(), sent);
  std::uint64_t received = 0;
  while (std::optional<Message> message = in.receive()) {
    EXPECT_EQ(message->bytes, std::to_string(received++));
    out.flush();
  }
  EXPECT_EQ(received, sent);
  EXPECT_EQ(out.waiting(), 0u);
  EXPECT_FALSE(in.over());
}

TEST(Mailbox, TakesTheLongestWholeAndNoLonger) {
  auto [mine, its] = Channel::pair();
  Mailbox out(std::move(mine));
  Mailbox in(std::move(its));
  const std::string longest(Message::kMostBytes, 'x');
  EXPECT_EQ(out.try_send({1, 2, 3, longest + "x"}), Sent::too_large);
  EXPECT_EQ(out.try_send({1, 2, 3, longest}), Sent::yes);
  EXPECT_EQ(out.try_send({1, 2, 3, ""}), Sent::yes);
  const std::optional<Message> message = in.receive();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->from, 1u);
  EXPECT_EQ(message->to, 2u);
  EXPECT_EQ(message->type, 3u);
  EXPECT_EQ(message->bytes, longest);
  EXPECT_EQ(in.receive()->bytes, "");
}

TEST(Mailbox, WhatDoesNotKeepToTheFormEndsTheLine) {
  auto [mine, its] = Channel::pair();
  Mailbox in(std::move(its));
  mine.send(std::uint64_t{1});
  EXPECT_FALSE(in.receive());
  EXPECT_TRUE(in.over());
}

/// A main process, this one, and workers, who note what they are told.
class Cluster {
 public:
  static constexpr std::uint32_t kStop = 99;  ///< a type: who gets it ends
  static constexpr std::size_t kSeats = 8;

  struct Notes {
    std::atomic<std::uint64_t> heard{0};  ///< messages
    std::atomic<std::uint64_t> last{0};   ///< the number that the last one said
    std::atomic<bool> rising{true};       ///< from message to message
    std::atomic<bool> done{false};        ///< with what it does at its start
  };

  Cluster() {
    take_seat(counts_);
    star_.listen([this](const Message& one) { note(notes_[kSeats - 1], one); });
  }
  ~Cluster() { leave_seat(); }

  /// Starts a worker, who does something, then listens until it is told to
  /// stop.
  void start(std::uint32_t worker, const std::function<void(Star&)>& first) {
    children_.at(worker) = star_.fork(worker, [=, this] {
      take_seat(counts_);
      star_.listen([=, this](const Message& one) {
        if (one.type == kStop) _exit(0);
        note(notes_[worker], one);
      });
      first(star_);
      notes_[worker].done = true;
      for (;;) attend();
    });
    processes_.at(worker) = children_[worker].pid();
  }
  /// One that only listens.
  void start(std::uint32_t worker) {
    start(worker, [](Star&) {});
  }
  void end(std::uint32_t worker) {
    children_[worker].wait();
    star_.end(worker);
  }
  void kill(std::uint32_t worker, int number) {
    ::kill(children_[worker].pid(), number);
  }

  void attend() {
    poll_for(star_.fd(), POLLIN, 10ms);
    star_.attend();
  }
  void attend_until(const std::function<bool()>& condition) {
    while (!condition()) attend();
  }

  Star& star() { return star_; }
  Notes& of(std::uint32_t worker) { return notes_[worker]; }
  Notes& of_main() { return notes_[kSeats - 1]; }
  const WorkerCounts& counts(std::uint32_t worker) {
    return *std::find_if(counts_.begin(), counts_.end(), [&](const auto& one) {
      return one.process == processes_[worker];
    });
  }
  const WorkerCounts& counts_of_main() { return counts_[0]; }

 private:
  static void note(Notes& notes, const Message& message) {
    const std::uint64_t number = std::stoull("0" + message.bytes);
    if (number <= notes.last) notes.rising = false;
    notes.last = number;
    ++notes.heard;
  }

  const Fd memory_ = SharedArray<WorkerCounts>::make_memory(kSeats);
  SharedArray<WorkerCounts> counts_{memory_.get(), kSeats};
  SharedArray<Notes> notes_{kSeats};
  Star star_{memory_.get(), kSeats};
  std::array<Child, 3> children_{Child(-1), Child(-1), Child(-1)};
  std::array<pid_t, 3> processes_{};  ///< also of those who have ended
};

void tell(Star& star, std::uint32_t to, std::uint64_t first,
          std::uint64_t last) {
  for (std::uint64_t i = first; i <= last; ++i) {
    star.try_send(to, 1, std::to_string(i));
  }
}

TEST(Star, TellsOneAllOthersAndTheMainProcess) {
  Cluster three;
  three.start(1);
  three.start(2);
  three.start(0, [](Star& star) {
    tell(star, 1, 1, 10);
    tell(star, Star::kAllOthers, 11, 15);
    tell(star, Star::kMain, 16, 17);
  });
  three.attend_until([&] {
    return three.of(1).heard == 15 && three.of(2).heard == 5 &&
           three.of_main().heard == 7;
  });
  tell(three.star(), Star::kAllOthers, 20, 20);
  three.attend_until([&] { return three.of(0).heard == 1; });
  for (const std::uint32_t one : {0, 1, 2}) {
    EXPECT_TRUE(three.of(one).rising);
    three.star().try_send(one, Cluster::kStop, "");
    three.end(one);
  }
  EXPECT_TRUE(three.of_main().rising);
  EXPECT_EQ(three.of_main().last, 17u);
  EXPECT_EQ(three.counts(0).sent, 17u);
}

TEST(Star, ASlowReceiverHoldsUpNobodyAndGetsTheNewest) {
  constexpr std::uint64_t kAll = 5000;  // more than the kernel and we hold
  Cluster three;
  three.start(1);
  three.attend_until([&] { return three.of(1).done.load(); });
  three.kill(1, SIGSTOP);
  three.start(2);
  three.start(0, [&](Star& star) {
    // As fast as the other one hears: it shall miss nothing.
    for (std::uint64_t i = 1; i <= kAll; star.attend()) {
      if (i > three.of(2).heard + Mailbox::kMostWaiting / 2) continue;
      const Sent sent = star.try_send(Star::kAllOthers, 1, std::to_string(i));
      if (sent == Sent::yes) ++i;
    }
  });
  three.attend_until([&] {
    return three.of(2).heard == kAll && three.of_main().heard == kAll;
  });
  const WorkerCounts& slow = three.counts(1);
  EXPECT_EQ(slow.undelivered, Mailbox::kMostWaiting);
  EXPECT_EQ(slow.most_undelivered, Mailbox::kMostWaiting);
  EXPECT_GT(slow.dropped, 0u);
  three.kill(1, SIGCONT);
  three.attend_until([&] { return three.of(1).last == kAll; });
  EXPECT_EQ(three.of(1).heard + slow.dropped, kAll);
  EXPECT_EQ(slow.undelivered, 0u);
  EXPECT_TRUE(three.of(1).rising) << "nothing comes twice";
  EXPECT_TRUE(three.of(2).rising);
  EXPECT_EQ(three.counts(2).dropped, 0u);
}

TEST(Star, WhoSendsTooMuchIsToldSo) {
  Cluster one;
  one.start(0, [](Star& star) {
    tell(star, Star::kMain, 1, 5000);
    star.try_send(Star::kMain, 1, std::string(Message::kMostBytes + 1, '1'));
  });
  while (!one.of(0).done) sleep_for(1ms);  // and the main process does nothing
  const WorkerCounts& counts = one.counts(0);
  EXPECT_EQ(counts.sent + counts.refused, 5001u);
  EXPECT_GT(counts.refused, 1u);
  EXPECT_EQ(counts.unsent, Mailbox::kMostWaiting);
  one.attend_until([&] { return one.of_main().heard == counts.sent; });
  EXPECT_EQ(one.of_main().last, counts.sent) << "the first ones";
  EXPECT_TRUE(one.of_main().rising);
  one.attend_until([&] { return counts.unsent == 0; });
  EXPECT_EQ(counts.most_unsent, Mailbox::kMostWaiting);
}

TEST(Star, WhatADeadReceiverHadNotReadIsLostAndItsSuccessorBeginsAnew) {
  Cluster one;
  one.start(0, [](Star&) {
    for (;;) pause();
  });
  tell(one.star(), 0, 1, 2000);
  one.kill(0, SIGKILL);
  one.end(0);
  tell(one.star(), 0, 2001, 2003);  // there is nobody
  EXPECT_EQ(one.counts_of_main().dropped + one.counts(0).dropped, 2003u);
  one.start(0);
  tell(one.star(), 0, 2004, 2013);
  one.attend_until([&] { return one.of(0).heard == 10; });
  EXPECT_EQ(one.of(0).last, 2013u);
}

TEST(Star, WhatADeadSenderSentIsDelivered) {
  Cluster two;
  two.start(1);
  two.start(0, [](Star& star) {
    tell(star, 1, 1, 100);
    for (;;) pause();
  });
  tell(two.star(), 0, 1, 10);  // it dies with something unread
  while (two.counts(0).sent < 100) sleep_for(1ms);
  two.kill(0, SIGKILL);
  two.end(0);
  two.attend_until([&] { return two.of(1).heard == 100; });
  EXPECT_EQ(two.counts(0).dropped, 10u);
}

TEST(Star, AWorkerSeesTheEndOfItsMainProcess) {
  SharedArray<std::atomic<bool>> alone(1);
  Child::fork([&] {
    Cluster one;
    one.start(0, [&](Star& star) {
      prctl(PR_SET_PDEATHSIG, 0);  // or the kernel would kill it, too
      while (star.has_lines()) {
        poll_for(star.fd(), POLLIN, 10ms);
        star.attend();
      }
      alone[0] = star.try_send(Star::kMain, 1, "") == Sent::gone;
      _exit(0);
    });
    while (one.counts(0).thread == 0) sleep_for(1ms);
    _exit(0);
  }).wait();
  while (!alone[0]) sleep_for(1ms);
}

}  // namespace
}  // namespace bench
