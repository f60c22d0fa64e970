// Star: who gets what, and what becomes of the rest.
#include "harness/core/star.h"

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/posix/check.h"

namespace bench {
namespace {

Star* the_star = nullptr;

/// Messages of one line in one go, so that none lets the others wait.
constexpr int kAtOnce = 16;

Fd make_events() {
  return Fd(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"));
}

void watch(const Fd& events, int how, int fd, std::uint32_t key, bool room) {
  epoll_event event{.events = EPOLLIN | (room ? EPOLLOUT : 0U),
                    .data = {.u32 = key}};
  check(epoll_ctl(events.get(), how, fd, &event), "epoll_ctl");
}

}  // namespace

Star::Star(int counts, std::size_t seats)
    : counts_(counts, seats), events_(make_events()) {
  the_star = this;
}

Star::~Star() { the_star = nullptr; }

Star* Star::of_this_process() { return the_star; }

Child Star::fork(std::uint32_t worker, const std::function<void()>& body) {
  auto [mine, its] = Channel::pair();
  auto read = std::make_unique<Tally>(1);
  Child child = Child::fork([&, &up = its, &down = mine] {
    // Whoever keeps an end of another one's line would hide that one's death.
    down.close();
    lines_.clear();
    events_ = make_events();
    self_ = worker;
    leave_seat();
    add(kMain, {Mailbox(std::move(up)), std::move(read), getpid()});
    body();
  });
  add(worker, {Mailbox(std::move(mine)), std::move(read), child.pid()});
  return child;
}

void Star::add(std::uint32_t key, Line line) {
  watch(events_, EPOLL_CTL_ADD, line.box.fd(), key, false);
  lines_.emplace(key, std::move(line));
}

void Star::end(std::uint32_t worker) {
  const auto found = lines_.find(worker);
  if (found == lines_.end()) return;
  Line& line = found->second;
  while (std::optional<Message> message = line.box.receive()) {
    hear(std::move(*message), worker);
  }
  const std::scoped_lock writing(writing_);
  // LESSON: what was in its memory, or in the kernel's for it, went with it.
  // Nobody sends that again to its successor: who had sent it may have been
  // told of the death, too, and then it would come twice.
  if (self_ == kMain) {
    drop(line.box.waiting() + line.box.passed() - (*line.read)[0],
         line.process);
    if (WorkerCounts* const counts = counts_of(line.process)) {
      counts->unsent.store(0);
      counts->undelivered.store(0);
    }
  }
  lines_.erase(found);
}

void Star::attend() {
  const std::unique_lock reading(reading_, std::try_to_lock);
  if (!reading) return;  // another thread is at it
  std::array<epoll_event, 64> ready;
  const int count = epoll_wait(fd(), ready.data(), ready.size(), 0);
  for (int place = 0; place < count; ++place) {
    const std::uint32_t key = ready[place].data.u32;
    const auto found = lines_.find(key);
    if (found == lines_.end()) continue;
    Line& line = found->second;
    {
      const std::scoped_lock writing(writing_);
      line.box.flush();
      show_what_waits(key, line);
    }
    for (int i = 0; i < kAtOnce; ++i) {
      std::optional<Message> message = line.box.receive();
      if (!message) break;
      hear(std::move(*message), key);
    }
    if (line.box.over()) end(key);
  }
}

void Star::attend_until(int fd) {
  if (the_star == nullptr) return;
  std::array<pollfd, 2> events{{{fd, POLLIN, 0}, {the_star->fd(), POLLIN, 0}}};
  while (events[0].revents == 0) {
    check(retry([&] { return poll(events.data(), events.size(), -1); }),
          "poll");
    if (events[1].revents != 0) the_star->attend();
  }
}

void Star::hear(Message message, std::uint32_t key) {
  if (self_ == kMain) {
    message.from = key;
    route(message);
    return;
  }
  deliver(message);
  WorkerCounts::add((*lines_.at(key).read)[0], std::uint64_t{1});
}

void Star::deliver(const Message& message) {
  WorkerCounts::add(own_counts().received, std::uint64_t{1});
  if (heard_) heard_(message);
}

Mailbox::Sent Star::try_send(std::uint32_t to, std::uint32_t type,
                             std::string bytes) {
  const Message message{self_, to, type, std::move(bytes)};
  Mailbox::Sent sent = Mailbox::Sent::yes;
  if (self_ != kMain) {
    sent = give(kMain, message);
  } else if (message.bytes.size() > Message::kMostBytes) {
    sent = Mailbox::Sent::too_large;
  } else {
    route(message);
  }
  WorkerCounts& counts = own_counts();
  WorkerCounts::add(sent == Mailbox::Sent::yes ? counts.sent : counts.refused,
                    std::uint64_t{1});
  return sent;
}

void Star::route(const Message& message) {
  const bool all = message.to == kAllOthers;
  if (message.to == kMain || (all && message.from != kMain)) deliver(message);
  if (message.to == kMain) return;
  if (!all) {
    give(message.to, message);
    return;
  }
  for (const auto& [key, line] : lines_) {
    if (key != message.from) give(key, message);
  }
}

Mailbox::Sent Star::give(std::uint32_t key, const Message& message) {
  using Sent = Mailbox::Sent;
  const std::scoped_lock writing(writing_);
  const auto found = lines_.find(key);
  if (found == lines_.end()) {
    if (self_ == kMain) drop(1, getpid());
    return Sent::gone;
  }
  Line& line = found->second;
  Sent sent = line.box.try_send(message);
  // LESSON: who sends hears of a full queue and can do something about it. On
  // the way it is too late for that, and the main process must not wait for one
  // receiver: the others would wait, too. The newest is what it needs most.
  if (self_ == kMain && sent == Sent::full) {
    line.box.drop_oldest();
    drop(1, line.process);
    sent = line.box.try_send(message);
  }
  if (self_ == kMain && sent == Sent::gone) drop(1, line.process);
  show_what_waits(key, line);
  return sent;
}

/// To the loop, which waits for room then, and in the counts.
void Star::show_what_waits(std::uint32_t key, Line& line) {
  const bool waits = line.box.waiting() > 0;
  if (!waits && !line.waits) return;
  if (waits != line.waits) {
    watch(events_, EPOLL_CTL_MOD, line.box.fd(), key, waits);
    line.waits = waits;
  }
  WorkerCounts* const counts = counts_of(line.process);
  if (counts == nullptr) return;
  const bool main = self_ == kMain;
  (main ? counts->undelivered : counts->unsent)
      .store(static_cast<std::uint32_t>(line.box.waiting()));
  auto& most = main ? counts->most_undelivered : counts->most_unsent;
  most.store(std::max(most.load(),
                      static_cast<std::uint32_t>(line.box.most_waiting())));
}

/// Whoever has no seat yet, or no more, is the main process's affair.
void Star::drop(std::uint64_t count, pid_t process) {
  WorkerCounts* const counts = counts_of(process);
  WorkerCounts::add((counts != nullptr ? *counts : own_counts()).dropped,
                    count);
}

/// The first seat of a process; null if it has none.
WorkerCounts* Star::counts_of(pid_t process) {
  const auto found = std::find_if(
      counts_.begin(), counts_.end(),
      [&](const WorkerCounts& one) { return one.process.load() == process; });
  return found == counts_.end() ? nullptr : found;
}

}  // namespace bench
