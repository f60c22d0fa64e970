// Stream: blocking calls with a time limit that the kernel keeps.
#include "harness/posix/stream.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "harness/posix/check.h"
#include "harness/posix/loopback.h"

namespace bench {
namespace {

timeval timeval_of(std::chrono::nanoseconds span) {
  const auto microseconds =
      std::chrono::ceil<std::chrono::microseconds>(span).count();
  return {microseconds / 1'000'000, microseconds % 1'000'000};
}

/// A blocking call with a time limit says EAGAIN when the time is over, and
/// connect(2) EINPROGRESS. [socket(7), SO_RCVTIMEO]
ssize_t outcome(ssize_t result) {
  if (result >= 0) return result;
  if (errno == EAGAIN || errno == EINPROGRESS) return -ETIMEDOUT;
  return -errno;
}

}  // namespace

Stream::~Stream() {
  if (!fd_ || stop_ >= 0) return;
  const linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

ssize_t Stream::connect(std::uint16_t port, std::chrono::nanoseconds patience) {
  fd_ = Fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd_) return -errno;
  if (patience.count() > 0) {
    const timeval limit = timeval_of(patience);
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  const sockaddr_in address = loopback(port);
  const int result = ::connect(fd_.get(), general(address), sizeof address);
  if (result == 0 || errno != EINTR) return outcome(result);
  // An interrupted connect(2) goes on by itself; calling it again would fail.
  pollfd ready{fd_.get(), POLLOUT, 0};
  const int milliseconds =
      patience.count() > 0
          ? static_cast<int>(
                std::chrono::ceil<std::chrono::milliseconds>(patience).count())
          : -1;
  const int events = retry([&] { return poll(&ready, 1, milliseconds); });
  if (events <= 0) return events == 0 ? -ETIMEDOUT : -errno;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return -error;
}

ssize_t Stream::wait_for(short events, std::chrono::nanoseconds patience,
                         bool idle) {
  pollfd ready[] = {{fd_.get(), events, 0}, {idle ? stop_ : -1, POLLIN, 0}};
  for (;;) {
    const auto span =
        idle ? std::min<std::chrono::nanoseconds>(patience, kIdleSlice)
             : patience;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(span);
    const timespec limit{seconds.count(), (span - seconds).count()};
    const int count = retry([&] { return ppoll(ready, 2, &limit, nullptr); });
    if (count > 0) return ready[0].revents != 0 ? 1 : 0;
    if (count < 0) return -errno;
    patience -= span;
    if (patience.count() <= 0) return -ETIMEDOUT;
    if (crowded_()) return 0;
  }
}

ssize_t Stream::read(std::byte* data, std::size_t size,
                     std::chrono::nanoseconds patience, bool idle) {
  if (patience.count() <= 0) {
    return outcome(retry([&] { return recv(fd_.get(), data, size, 0); }));
  }
  // Between two requests nothing is there yet, mostly; within one, something.
  for (bool look_first = idle;; look_first = true) {
    if (look_first) {
      const ssize_t woken = wait_for(POLLIN, patience, idle);
      if (woken <= 0) return woken;
    }
    const ssize_t got =
        retry([&] { return recv(fd_.get(), data, size, MSG_DONTWAIT); });
    if (got >= 0) return got;
    if (errno != EAGAIN) return -errno;
  }
}

ssize_t Stream::write(const std::byte* data, std::size_t size,
                      std::chrono::nanoseconds patience) {
  if (patience.count() <= 0) {
    return outcome(
        retry([&] { return send(fd_.get(), data, size, MSG_NOSIGNAL); }));
  }
  for (;;) {
    const ssize_t sent = retry([&] {
      return send(fd_.get(), data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    });
    if (sent >= 0) return sent;
    if (errno != EAGAIN) return -errno;
    const ssize_t woken = wait_for(POLLOUT, patience, false);
    if (woken <= 0) return woken;
  }
}

ssize_t Stream::shut() { return shutdown(fd_.get(), SHUT_WR) < 0 ? -errno : 0; }

}  // namespace bench
