// BackendServer: accept, receive, wait, send, close.
#include "harness/backend/backend_server.h"

// glibc 2.36 forgot to give this header C linkage. [glibc bug 29453]
extern "C" {
#include <sys/pidfd.h>
}

#include <sys/socket.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "harness/posix/check.h"
#include "harness/posix/clock.h"

namespace bench {
namespace {

/// Numbers that no slot has: what else an event or a time may be for.
constexpr std::uint32_t kTimer = 0xffffffff;
constexpr std::uint32_t kHelper = 0xfffffffe;
constexpr std::uint32_t kListener = 0xfffffffd;

constexpr std::int64_t kListenersPause = 10'000'000;
/// A client that gives up a longer wait is noticed at once, not at its end.
constexpr std::int64_t kLongWait = 100'000'000;
/// Then others have their turn.
constexpr int kMostAccepts = 64;
constexpr std::uint32_t kMostBytes = 1 << 20;

/// Of a connection from which a question may come. Edge by edge, so that one
/// call serves all questions of a connection.
constexpr std::uint32_t kForQuestions = EPOLLIN | EPOLLRDHUP | EPOLLET;

constexpr std::uint64_t tag_of(std::uint32_t number, std::uint32_t detail) {
  return std::uint64_t{detail} << 32 | number;
}

}  // namespace

BackendServer::BackendServer(std::span<const Fd> listeners,
                             std::span<const pid_t> helpers, BackendPage& page)
    : listeners_(listeners),
      page_(page),
      epoll_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      timer_(check(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC),
                   "timerfd_create")) {
  add_event(timer_.get(), tag_of(kTimer, 0), EPOLLIN | EPOLLET);
  for (const pid_t helper : helpers) {
    helpers_.emplace_back(check(pidfd_open(helper, 0), "pidfd_open"));
    add_event(helpers_.back().get(), tag_of(kHelper, 0), EPOLLIN);
  }
  watch_listeners();
}

void BackendServer::run() {
  std::array<epoll_event, 256> events;
  for (;;) {
    arm_timer();
    const int count = retry([&] {
      return epoll_wait(epoll_.get(), events.data(),
                        static_cast<int>(events.size()), -1);
    });
    check(count, "epoll_wait");
    for (int i = 0; i < count; ++i) {
      dispatch(events[static_cast<std::size_t>(i)]);
    }
    do_due(now_ns());
    hang_up();
  }
}

void BackendServer::dispatch(const epoll_event& event) {
  const auto number = static_cast<std::uint32_t>(event.data.u64);
  const auto detail = static_cast<std::uint32_t>(event.data.u64 >> 32);
  if (number == kTimer) return;  // do_due() comes after every turn
  if (number == kHelper) throw std::runtime_error("an acceptor has died");
  if (number == kListener) return accept_from(static_cast<int>(detail));
  Slot& slot = slots_[number];
  if (slot.generation != detail) return;
  if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) return close(number);
  // Told once: the last word and the end behind it may come as one event.
  slot.last_word = slot.last_word || (event.events & EPOLLRDHUP) != 0;
  if (slot.state == State::receiving) return receive(number);
  if (slot.last_word) {
    // Its client may still wait for the answer, unless there will be none.
    if (slot.question.wait_us == kNever) return close(number);
  } else if ((event.events & EPOLLIN) != 0) {
    return close(number);  // it asks before it has its answer
  }
  if (slot.state == State::sending) send(number);
}

void BackendServer::accept_from(int listener) {
  for (int i = 0; i < kMostAccepts && !paused_; ++i) {
    const int fd =
        accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      const bool full = errno == EMFILE || errno == ENFILE ||
                        errno == ENOBUFS || errno == ENOMEM;
      if (full) pause_listeners();
      // What is left is nothing there, or a client that has gone already.
      return;
    }
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    slots_[index] = {.fd = fd, .generation = slots_[index].generation};
    page_.count_connection();
    receive(index);
  }
}

void BackendServer::receive(std::uint32_t index) {
  Slot& slot = slots_[index];
  for (;;) {
    // A byte more than there may be, so that nothing is left unseen.
    std::array<std::byte, sizeof(Question) + 1> bytes;
    const std::size_t room = bytes.size() - slot.received;
    const ssize_t got =
        retry([&] { return recv(slot.fd, bytes.data(), room, 0); });
    if (got < 0 && errno == EAGAIN) return watch(index, kForQuestions);
    if (got <= 0 || static_cast<std::size_t>(got) == room) return close(index);
    std::memcpy(reinterpret_cast<std::byte*>(&slot.question) + slot.received,
                bytes.data(), static_cast<std::size_t>(got));
    slot.received += static_cast<std::uint32_t>(got);
    if (slot.received == sizeof slot.question) return begin_wait(index);
  }
}

void BackendServer::begin_wait(std::uint32_t index) {
  Slot& slot = slots_[index];
  const bool never = slot.question.wait_us == kNever;
  if (slot.question.bytes > kLongestAnswer || (never && slot.last_word)) {
    return close(index);
  }
  slot.state = State::waiting;
  const std::int64_t wait = std::int64_t{slot.question.wait_us} * 1000;
  const std::int64_t now = now_ns();
  slot.due = now + wait;
  if (!never) due_.push({slot.due, index, slot.generation});
  if ((never || wait > kLongWait) && (slot.events & EPOLLRDHUP) == 0) {
    watch(index, EPOLLRDHUP | EPOLLET);
  }
  // A long queue of newcomers must not keep those waiting whose time has come.
  do_due(now);
}

void BackendServer::send(std::uint32_t index) {
  Slot& slot = slots_[index];
  const std::uint32_t stop = slot.sent + kMostBytes;
  const bool first = slot.state == State::waiting;
  slot.state = State::sending;
  while (slot.sent < slot.question.bytes) {
    if (slot.sent >= stop) {
      return due_.push({now_ns(), index, slot.generation});
    }
    // Nothing of the answer is kept: what comes next is made when it is sent.
    const std::uint32_t skip = slot.sent % 8;
    const std::size_t size = std::min<std::size_t>(
        piece_.size(), slot.question.bytes - (slot.sent - skip));
    const std::span<std::byte> piece(piece_.data(), size);
    fill_answer(slot.question.key, piece, slot.sent / 8);
    const ssize_t count = retry([&] {
      return ::send(slot.fd, piece.data() + skip, size - skip, MSG_NOSIGNAL);
    });
    if (count < 0 && errno == EAGAIN) {
      return watch(index, EPOLLOUT | EPOLLRDHUP | EPOLLET);
    }
    if (count < 0) return close(index);
    if (first && slot.sent == 0) page_.count(now_ns() - slot.due);
    slot.sent += static_cast<std::uint32_t>(count);
  }
  if (slot.question.bytes == 0) page_.count(now_ns() - slot.due);
  end_answer(index);
}

void BackendServer::end_answer(std::uint32_t index) {
  Slot& slot = slots_[index];
  if (slot.question.keep != 0 && !slot.last_word) {
    slot.state = State::receiving;
    slot.received = slot.sent = 0;
    return watch(index, kForQuestions);
  }
  // Others whose time has come get their answers before this one's end is
  // sent; until then, its client may well have gone, which makes it cheaper.
  answered_.push_back(index);
  ++slot.generation;
}

void BackendServer::hang_up() {
  for (const std::uint32_t index : answered_) close(index);
  answered_.clear();
}

void BackendServer::watch(std::uint32_t index, std::uint32_t events) {
  Slot& slot = slots_[index];
  if (slot.events == events) return;
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag_of(index, slot.generation);
  const int operation = slot.events != 0 ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  slot.events = events;
  if (epoll_ctl(epoll_.get(), operation, slot.fd, &event) != 0) close(index);
}

void BackendServer::close(std::uint32_t index) {
  Slot& slot = slots_[index];
  ::close(slot.fd);  // the epoll forgets it, too
  ++slot.generation;
  free_.push_back(index);
}

void BackendServer::watch_listeners() {
  paused_ = false;
  for (const Fd& listener : listeners_) {
    // Of several processes that share it, one wakes up.
    add_event(listener.get(),
              tag_of(kListener, static_cast<std::uint32_t>(listener.get())),
              EPOLLIN | EPOLLEXCLUSIVE);
  }
}

void BackendServer::pause_listeners() {
  paused_ = true;
  for (const Fd& listener : listeners_) {
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener.get(), nullptr);
  }
  due_.push({now_ns() + kListenersPause, kListener, 0});
}

void BackendServer::do_due(std::int64_t until) {
  while (!due_.empty() && due_.top().at <= until) {
    const Due due = due_.top();
    due_.pop();
    if (due.slot == kListener) {
      watch_listeners();
    } else if (slots_[due.slot].generation == due.generation) {
      send(due.slot);
    }
  }
}

void BackendServer::arm_timer() {
  if (due_.empty() || due_.top().at == armed_) return;
  armed_ = due_.top().at;
  const itimerspec at{
      .it_value = {armed_ / 1'000'000'000, armed_ % 1'000'000'000}};
  // It is watched edge by edge, so nobody has to read it.
  timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &at, nullptr);
}

void BackendServer::add_event(int fd, std::uint64_t tag, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  check(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

}  // namespace bench
