// Fd: the owner of one file descriptor.
#pragma once

#include <unistd.h>

#include <utility>

namespace bench {

/// Closes its descriptor when it dies; movable, not copyable. Not
/// synchronised: one thread uses it at a time.
class Fd {
 public:
  Fd() = default;
  /// Takes ownership of `fd`; -1 owns nothing.
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return fd_; }
  /// Gives the descriptor away: somebody else must close it.
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

  /// Closes now. Linux frees the descriptor even if close() reports EINTR,
  /// so there is nothing to retry.
  void reset() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace bench
