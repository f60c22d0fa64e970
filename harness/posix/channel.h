// Channel: one end of a pair of sockets that carries whole messages.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include "harness/posix/check.h"
#include "harness/posix/fd.h"

namespace bench {

/// SOCK_SEQPACKET keeps message borders, so that one send is one receive and
/// nothing needs framing. [unix(7)] One thread uses an end at a time.
class Channel {
 public:
  explicit Channel(Fd fd) : fd_(std::move(fd)) {}

  static std::pair<Channel, Channel> pair() {
    int ends[2];
    check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends),
          "socketpair");
    return {Channel(Fd(ends[0])), Channel(Fd(ends[1]))};
  }

  int fd() const { return fd_.get(); }
  void close() { fd_.reset(); }

  /// Sends one message; false if the other end is gone. [unix(7), SO_SNDBUF:
  /// 64 KiB surely go as a whole]
  template <typename Message>
  bool send(const Message& message) {
    static_assert(std::is_trivially_copyable_v<Message>);
    return send_bytes(std::as_bytes(std::span(&message, 1)));
  }
  bool send_bytes(std::span<const std::byte> message) {
    return retry([&] {
             return ::send(fd_.get(), message.data(), message.size(),
                           MSG_NOSIGNAL);
           }) == std::ssize(message);
  }

  enum class Sent {
    yes,
    full,  ///< the other end has not read enough, or too many are under way
    gone,  ///< nobody is at the other end
  };
  /// Sends what lies in these places as one message; never waits.
  Sent try_send(std::span<iovec> parts);
  /// The size of a message that has come, put into `room`, which it fits; 0 if
  /// the other end is gone and everything has been read, -EAGAIN if there is
  /// none now.
  ssize_t try_receive(std::span<std::byte> room);

  /// Sends a copy of an open descriptor, which the caller keeps; never waits.
  /// [unix(7), SCM_RIGHTS and ETOOMANYREFS]
  Sent send_descriptor(int fd);
  enum class Received {
    yes,
    none,  ///< nothing is there now
    gone,  ///< nor will be: nobody is at the other end
  };
  /// Receives one; never waits. It owns nothing if this process has no
  /// descriptor left: then the kernel has closed it.
  Received receive_descriptor(Fd& fd);

  /// Waits for one message; false if the other end is gone.
  template <typename Message>
  bool receive(Message& message) {
    static_assert(std::is_trivially_copyable_v<Message>);
    return receive_bytes(std::as_writable_bytes(std::span(&message, 1)));
  }
  /// It has the size of `message`.
  bool receive_bytes(std::span<std::byte> message) {
    return retry([&] {
             return ::recv(fd_.get(), message.data(), message.size(), 0);
           }) == std::ssize(message);
  }

 private:
  Sent send_now(const msghdr& message);

  Fd fd_;
};

}  // namespace bench
