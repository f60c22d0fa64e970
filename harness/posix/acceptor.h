// Acceptor: connections that clients ask for, one at a time.
#pragma once

#include <chrono>
#include <optional>

#include "harness/posix/fd.h"

namespace bench {

/// How long to leave a listening socket alone when the process has no
/// descriptor left. Whoever asks meanwhile waits in the socket's queue.
constexpr std::chrono::milliseconds kExhaustedPause{50};

/// What a look at a listening socket has brought.
struct Accepted {
  Fd connection;           ///< non-blocking; none if nobody is there
  bool exhausted = false;  ///< somebody is there, but there is no descriptor
};

/// Takes a connection from a listening socket that does not block.
/// [accept(2): errors of the connection itself count as nobody]
Accepted accept_now(int listener);

/// Makes a listening socket on 127.0.0.1, for `port` or, if that is 0, for one
/// that is free: non-blocking, its connections without Nagle's delay. With
/// `shared`, others that say the same may listen on the port (SO_REUSEPORT).
/// Throws std::system_error.
Fd listen_on(std::uint16_t port, bool shared);

/// The port that a socket is bound to. Throws std::system_error.
std::uint16_t port_of(int socket);

/// Waits for connections by stopping its thread. Each worker makes its own:
/// of all that wait on one socket the kernel wakes one, or few. [epoll_ctl(2),
/// EPOLLEXCLUSIVE]
class Acceptor {
 public:
  /// `stop` is readable when there is nothing more to wait for. Both must stay
  /// open. Throws std::system_error.
  Acceptor(int listener, int stop);

  /// The next connection; none when told to stop and nobody is left in the
  /// socket's queue. Throws std::system_error.
  std::optional<Fd> accept();

  /// True if somebody waits to be accepted.
  bool crowded() const noexcept;

 private:
  const int listener_;
  const int stop_;
  Fd events_;
};

}  // namespace bench
