// Stream: blocking calls with a time limit that the kernel keeps.
#include "harness/posix/stream.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

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

Stream::Line& Stream::kept() {
  thread_local Line line;
  return line;
}

void Stream::keep() && {
  if (line_.fd && stop_ < 0) kept() = std::move(line_);
}

void Stream::close_kept() { kept() = {}; }

ssize_t Stream::connect(std::uint16_t port, std::chrono::nanoseconds patience,
                        bool reuse) {
  line_ = {};
  if (reuse && kept().fd && kept().port == port) {
    line_ = std::exchange(kept(), {});
    limit_reading(patience);
    limit_writing(patience);
    return 1;
  }
  line_.fd = Fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!line_.fd) return -errno;
  line_.port = port;
  reset_when_closed(line_.fd.get());
  limit_reading(patience);
  limit_writing(patience);
  const sockaddr_in address = loopback(port);
  const int fd = line_.fd.get();
  const int result = ::connect(fd, general(address), sizeof address);
  if (result == 0 || errno != EINTR) return outcome(result);
  // An interrupted connect(2) goes on by itself; calling it again would fail.
  const int ready =
      poll_for(fd, POLLOUT, patience.count() > 0 ? patience : kForEver);
  if (ready <= 0) return ready == 0 ? -ETIMEDOUT : -errno;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return -error;
}

void Stream::limit_reading(std::chrono::nanoseconds span) {
  if (span == line_.reading_limit) return;
  line_.reading_limit = span;
  const timeval limit = timeval_of(span);
  setsockopt(line_.fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

void Stream::limit_writing(std::chrono::nanoseconds span) {
  if (span == line_.writing_limit) return;
  line_.writing_limit = span;
  const timeval limit = timeval_of(span);
  setsockopt(line_.fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

// LESSON: one system call per wait. Asking poll(2) first whether there is
// something would be a second one for each request.
ssize_t Stream::read(std::byte* data, std::size_t size,
                     std::chrono::nanoseconds patience, bool idle) {
  if (patience.count() <= 0) {
    return outcome(retry([&] { return recv(line_.fd.get(), data, size, 0); }));
  }
  for (;;) {
    const auto span = std::min<std::chrono::nanoseconds>(patience, kSlice);
    limit_reading(span);
    const ssize_t got = recv(line_.fd.get(), data, size, 0);
    if (got >= 0) return got;
    if (errno != EAGAIN && errno != EINTR) return -errno;
    // A wait that was interrupted may last a slice longer.
    if (errno == EAGAIN) patience -= span;
    if (patience.count() <= 0) return -ETIMEDOUT;
    if (!idle || !(is_readable(stop_) || crowded_())) continue;
    // It may have come in this very moment, and would be lost.
    const ssize_t last = recv(line_.fd.get(), data, size, MSG_DONTWAIT);
    return std::max<ssize_t>(last, 0);
  }
}

ssize_t Stream::write(const std::byte* data, std::size_t size,
                      std::chrono::nanoseconds patience) {
  if (patience.count() <= 0) {
    return outcome(
        retry([&] { return send(line_.fd.get(), data, size, MSG_NOSIGNAL); }));
  }
  for (;;) {
    const ssize_t sent = retry([&] {
      return send(line_.fd.get(), data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    });
    if (sent >= 0) return sent;
    if (errno != EAGAIN) return -errno;
    const int ready = poll_for(line_.fd.get(), POLLOUT, patience);
    if (ready <= 0) return ready == 0 ? -ETIMEDOUT : -errno;
  }
}

ssize_t Stream::shut() {
  return shutdown(line_.fd.get(), SHUT_WR) < 0 ? -errno : 0;
}

}  // namespace bench
