// Acceptor: listen, wait, accept.
#include "harness/posix/acceptor.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <climits>
#include <string>

#include "harness/posix/check.h"
#include "harness/posix/clock.h"

namespace bench {
namespace {

bool readable(int fd) {
  pollfd look{fd, POLLIN, 0};
  return poll(&look, 1, 0) > 0;
}

}  // namespace

Accepted accept_now(int listener) {
  const int fd = retry([&] {
    return accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  });
  if (fd >= 0) return {Fd(fd)};
  return {Fd(), errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
                    errno == ENOMEM};
}

Fd listen_on(std::uint16_t port, bool shared) {
  const std::string what = "listen 127.0.0.1:" + std::to_string(port);
  Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) throw_errno(what);
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  // Accepted sockets inherit it.
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address),
             sizeof address),
        what.c_str());
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

Acceptor::Acceptor(int listener, int stop)
    : listener_(listener),
      stop_(stop),
      events_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  check(epoll_ctl(events_.get(), EPOLL_CTL_ADD, listener, &event), "epoll_ctl");
  event.events = EPOLLIN;
  check(epoll_ctl(events_.get(), EPOLL_CTL_ADD, stop, &event), "epoll_ctl");
}

std::optional<Fd> Acceptor::accept() {
  for (;;) {
    Accepted accepted = accept_now(listener_);
    if (accepted.connection) return std::move(accepted.connection);
    if (readable(stop_)) return std::nullopt;
    if (accepted.exhausted) {
      sleep_for(kExhaustedPause);
      continue;
    }
    epoll_event event{};
    check(retry([&] { return epoll_wait(events_.get(), &event, 1, -1); }),
          "epoll_wait");
  }
}

bool Acceptor::crowded() const noexcept { return readable(listener_); }

}  // namespace bench
