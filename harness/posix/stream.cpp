// Stream: blocking calls with a time limit that the kernel keeps.
#include "harness/posix/stream.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "harness/posix/check.h"
#include "harness/posix/loopback.h"
#include "harness/posix/poll.h"

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

/// An interrupted connect(2) without a limit: the kernel gives up by itself.
constexpr std::chrono::hours kForEver{24};

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
  const int ready =
      poll_for(fd_.get(), POLLOUT, patience.count() > 0 ? patience : kForEver);
  if (ready <= 0) return ready == 0 ? -ETIMEDOUT : -errno;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return -error;
}

void Stream::limit_reading(std::chrono::nanoseconds span) {
  if (span == reading_limit_) return;
  reading_limit_ = span;
  const timeval limit = timeval_of(span);
  setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

// LESSON: one system call per wait. Asking poll(2) first whether there is
// something would be a second one for each request.
ssize_t Stream::read(std::byte* data, std::size_t size,
                     std::chrono::nanoseconds patience, bool idle) {
  if (patience.count() <= 0) {
    return outcome(retry([&] { return recv(fd_.get(), data, size, 0); }));
  }
  for (;;) {
    const auto span = std::min<std::chrono::nanoseconds>(patience, kSlice);
    limit_reading(span);
    const ssize_t got = recv(fd_.get(), data, size, 0);
    if (got >= 0) return got;
    if (errno != EAGAIN && errno != EINTR) return -errno;
    // A wait that was interrupted may last a slice longer.
    if (errno == EAGAIN) patience -= span;
    if (patience.count() <= 0) return -ETIMEDOUT;
    if (!idle || !(is_readable(stop_) || crowded_())) continue;
    // It may have come in this very moment, and would be lost.
    const ssize_t last = recv(fd_.get(), data, size, MSG_DONTWAIT);
    return std::max<ssize_t>(last, 0);
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
    const int ready = poll_for(fd_.get(), POLLOUT, patience);
    if (ready <= 0) return ready == 0 ? -ETIMEDOUT : -errno;
  }
}

ssize_t Stream::shut() { return shutdown(fd_.get(), SHUT_WR) < 0 ? -errno : 0; }

}  // namespace bench
