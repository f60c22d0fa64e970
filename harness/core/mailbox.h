// Mailbox: one end of a line between two processes, which never waits.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/posix/channel.h"

namespace bench {

/// What one process tells another one: a datagram of its own, the four numbers
/// of a header and as many bytes as the last of them says.
struct Message {
  /// The longest: what the kernel surely takes as a whole. [unix(7), SO_SNDBUF]
  static constexpr std::size_t kMostBytes = 65536;

  std::uint32_t from = 0;  ///< who sent it: the star knows, nobody else says
  std::uint32_t to = 0;
  std::uint32_t type = 0;  ///< what it is about; its sender and receiver know
  std::string bytes;
};

/// What the kernel takes is under way; what it does not take yet waits here, in
/// order, up to kMostWaiting messages. One thread at a time sends, and one
/// receives.
class Mailbox {
 public:
  static constexpr std::size_t kMostWaiting = 1024;

  enum class Sent : std::uint8_t {
    yes,        ///< it is under way, or waits
    full,       ///< as many wait as may
    too_large,  ///< longer than Message::kMostBytes
    gone,       ///< nobody is at the other end
  };

  explicit Mailbox(Channel end) : end_(std::move(end)) {}

  /// Readable when receive() has something to say, writable when flush() may
  /// have something to do.
  int fd() const { return end_.fd(); }

  Sent try_send(const Message& message);
  /// Gives the kernel what waits.
  void flush();
  /// Forgets the message that has waited longest. REQUIRES: one waits.
  void drop_oldest() { waiting_.pop_front(); }

  /// The next message; none: there is none now, or never will be.
  std::optional<Message> receive();
  /// True if receive() has found that the other end is gone. Whatever that one
  /// had sent has been received.
  bool over() const { return over_; }

  std::size_t waiting() const { return waiting_.size(); }
  std::size_t most_waiting() const { return most_waiting_; }
  /// How many the kernel has taken; the other end may not have read them.
  std::uint64_t passed() const { return passed_; }

 private:
  Channel::Sent pass(const Message& message);

  Channel end_;
  std::deque<Message> waiting_;
  std::size_t most_waiting_ = 0;
  std::uint64_t passed_ = 0;
  bool over_ = false;
  std::vector<std::byte> room_;  ///< for a message that comes
};

}  // namespace bench
