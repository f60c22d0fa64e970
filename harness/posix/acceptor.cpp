// Acceptor: listen, wait, accept.
#include "harness/posix/acceptor.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <climits>
#include <string>

#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/posix/loopback.h"
#include "harness/posix/poll.h"

namespace bench {
namespace {

int accept_from(int listener, bool blocking = false) {
  const int flags = SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK);
  return retry([&] { return accept4(listener, nullptr, nullptr, flags); });
}

bool no_descriptor(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS ||
         error == ENOMEM;
}

void add(const Fd& epoll, int fd, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.fd = fd}};
  check(epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

}  // namespace

Fd listen_on(std::uint16_t port, bool shared) {
  const std::string what = "listen 127.0.0.1:" + std::to_string(port);
  Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) throw_errno(what);
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  // Accepted sockets inherit it.
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  check(bind(fd.get(), general(address), sizeof address), what.c_str());
  // The kernel cuts the backlog to net.core.somaxconn.
  check(listen(fd.get(), INT_MAX), what.c_str());
  return fd;
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  check(getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size),
        "getsockname");
  return ntohs(address.sin_port);
}

Accepted Listener::accept(bool blocking) noexcept {
  const bool left = left_.load();
  const bool ending = ending_.load();
  const int connection = ending || left ? -1 : accept_from(fd(), blocking);
  if (connection >= 0) return {Fd(connection)};
  const int error = left ? EINVAL : ending ? EAGAIN : errno;
  // In this order: what is over for one thread was kept by another one before.
  if (const int kept = take_kept(); kept >= 0) {
    int nonblocking = 0;
    if (blocking) ioctl(kept, FIONBIO, &nonblocking);
    return {Fd(kept)};
  }
  return {Fd(), no_descriptor(error), error == EINVAL};
}

bool Listener::shut() noexcept {
  if (shutting_.test_and_set(std::memory_order_acquire)) return false;
  ending_.store(true);
  bool everybody = true;
  // Also where others listen: the wake-up for whoever is there may have been
  // this process's, and no other one comes for them. [epoll_ctl(2)]
  while (!left_.load() && put_.load() < kMostKept) {
    const int connection = accept_from(fd());
    if (connection < 0) {
      if (errno == ECONNABORTED) continue;  // that one has gone already
      everybody = !no_descriptor(errno);
      break;
    }
    kept_[put_.load()].store(connection);
    put_.fetch_add(1);
  }
  if (everybody) {
    if (others_ != nullptr && others_->load()) {
      left_.store(true);
    } else {
      ::shutdown(fd(), SHUT_RD);
    }
    ending_.store(false);  // accept() finds out by itself
  }
  shutting_.clear(std::memory_order_release);
  return everybody;
}

int Listener::take_kept() noexcept {
  std::uint32_t place = taken_.load();
  while (place != put_.load()) {
    const int fd = kept_[place].load();
    if (taken_.compare_exchange_weak(place, place + 1)) return fd;
  }
  return -1;
}

Acceptor::Acceptor(Listener& listener, int stop)
    : listener_(listener),
      stop_(stop),
      events_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
  add(events_, listener.fd(), EPOLLIN | EPOLLEXCLUSIVE);
  add(events_, stop, EPOLLIN);
}

void Acceptor::when_readable(int fd, std::function<void()> ready) {
  others_[fd] = std::move(ready);
  add(events_, fd, EPOLLIN);
}

void Acceptor::attend_meanwhile(int fd, std::function<void()> attend) {
  meanwhile_ = std::move(attend);
  add(events_, fd, EPOLLIN);
}

std::optional<Fd> Acceptor::accept(bool blocking) {
  for (;;) {
    if (meanwhile_) meanwhile_();
    Accepted accepted = listener_.accept(blocking);
    if (accepted.connection) return std::move(accepted.connection);
    if (accepted.over) return std::nullopt;
    if (accepted.exhausted) {
      sleep_for(kExhaustedPause);
      continue;
    }
    if (is_readable(stop_)) {
      if (!listener_.shut()) sleep_for(kExhaustedPause);
      continue;
    }
    epoll_event event{};
    check(retry([&] { return epoll_wait(events_.get(), &event, 1, -1); }),
          "epoll_wait");
    const auto other = others_.find(event.data.fd);
    if (other != others_.end()) other->second();
  }
}

bool Acceptor::crowded() const noexcept { return is_readable(listener_.fd()); }

}  // namespace bench
