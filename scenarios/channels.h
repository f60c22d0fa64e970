// Channels: how one thread or process sends bytes to another one.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace bench {

using Payload = std::vector<char>;

/// One direction of a channel. One sends, one receives, in turns.
class Way {
 public:
  virtual ~Way() = default;
  virtual void send(const Payload& message) = 0;
  virtual void receive(Payload& message) = 0;
};

/// There and back.
using Ways = std::pair<std::unique_ptr<Way>, std::unique_ptr<Way>>;

/// A way to send one and to wait for one.
struct Medium {
  const char* id;
  const char* summary;
  Ways (*make)(std::size_t size);
  bool spins = false;
  bool holds_many = false;  ///< and it is measured what that is worth
};

std::span<const Medium> media_of_threads();
std::span<const Medium> media_of_processes();

/// A socketpair of streams, both ways.
Ways stream_sockets();

}  // namespace bench
