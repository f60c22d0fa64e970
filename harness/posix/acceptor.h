// Acceptor: connections that clients ask for, one at a time.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "harness/posix/fd.h"

namespace bench {

/// How long to leave a listening socket alone when the process has no
/// descriptor left. Whoever asks meanwhile waits in the socket's queue.
constexpr std::chrono::milliseconds kExhaustedPause{50};

/// What a look at a listening socket has brought.
struct Accepted {
  Fd connection;           ///< none if nobody is there
  bool exhausted = false;  ///< somebody is there, but there is no descriptor
  bool over = false;       ///< nobody will come any more
};

/// Makes a listening socket on 127.0.0.1, for `port` or, if that is 0, for one
/// that is free: non-blocking, its connections without Nagle's delay. With
/// `shared`, others that say the same may listen on the port (SO_REUSEPORT).
/// Throws std::system_error.
Fd listen_on(std::uint16_t port, bool shared);

/// The port that a socket is bound to. Throws std::system_error.
std::uint16_t port_of(int socket);

/// A listening socket until its end, and those who were in its queue then.
///
/// A socket that is closed resets whoever is in its queue, and one that is left
/// alone lets newcomers wait for nobody. So its end has two parts: everybody is
/// taken from the queue, then the socket stops listening, for all processes
/// that share it: newcomers are refused at once. [Linux: shutdown(2) of a
/// listening socket] However fast they come, no more are taken than a queue
/// can hold. Where others go on listening to the same socket, the second part
/// is theirs: this process only takes no more.
///
/// All threads of a process may use one at the same time.
class Listener {
 public:
  /// `socket` listens and does not block. `others`: true if others go on
  /// listening at the first shut().
  explicit Listener(Fd socket, const std::atomic<bool>* others = nullptr)
      : socket_(std::move(socket)), others_(others) {}

  /// Readable when accept() may have something new to say.
  int fd() const { return socket_.get(); }

  /// Takes a connection, if there is one, which blocks only if that is wanted.
  /// [accept(2): errors of the connection itself count as nobody]
  Accepted accept(bool blocking = false) noexcept;

  /// Ends it; accept() brings those who were in the queue. False if that must
  /// be tried again, because somebody is left for whom there is no descriptor.
  /// Safe in a signal handler.
  bool shut() noexcept;

 private:
  /// How many are taken from the first shut() on: the longest queue, unless
  /// Linux is told otherwise. [net.core.somaxconn]
  static constexpr std::uint32_t kMostKept = 4096;

  int take_kept() noexcept;

  const Fd socket_;
  const std::atomic<bool>* const others_;
  std::atomic_flag shutting_;
  std::atomic<bool> ending_{false};  ///< only shut() may take from the queue
  std::atomic<bool> left_{false};    ///< nobody of this process may any more
  std::array<std::atomic<int>, kMostKept> kept_;
  std::atomic<std::uint32_t> put_{0};    ///< how many ever came
  std::atomic<std::uint32_t> taken_{0};  ///< and how many have left
};

/// Waits for connections by stopping its thread. Each worker makes its own:
/// of all that wait on one socket the kernel wakes one, or few. [epoll_ctl(2),
/// EPOLLEXCLUSIVE]
class Acceptor {
 public:
  /// `stop` is readable when there is nothing more to wait for. Both must stay
  /// open. Throws std::system_error.
  Acceptor(Listener& listener, int stop);

  /// The next connection, which blocks only if that is wanted; none when told
  /// to stop and nobody is left in the queue: then newcomers are refused.
  /// Throws std::system_error.
  std::optional<Fd> accept(bool blocking = false);

  /// True if somebody waits to be accepted.
  bool crowded() const noexcept;

  /// Calls `ready` from accept() while nobody is there to be accepted and `fd`,
  /// which must stay open, is readable. Throws std::system_error.
  void when_readable(int fd, std::function<void()> ready);
  /// Calls `attend` at the beginning of each accept(), and as often as `fd`,
  /// which must stay open, is readable while it waits. Throws
  /// std::system_error.
  void attend_meanwhile(int fd, std::function<void()> attend);

 private:
  Listener& listener_;
  const int stop_;
  Fd events_;
  std::map<int, std::function<void()>> others_;
  std::function<void()> meanwhile_;
};

}  // namespace bench
