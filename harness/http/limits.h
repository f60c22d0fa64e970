// HttpLimits: what a server takes from a client before it loses patience.
#pragma once

#include <chrono>
#include <cstddef>

namespace bench {

/// What is longer, bigger or slower is refused: 414, 431, 413, 408.
struct HttpLimits {
  std::size_t target = 8192;  ///< bytes of a request target [RFC 9112, 3]
  std::size_t head = 16384;   ///< bytes of all header fields, trailers too
  std::size_t fields = 100;   ///< header fields
  std::size_t body = std::size_t{1024} * 1024;  ///< bytes of a request's body
  /// For a whole head, from its first byte.
  std::chrono::nanoseconds head_time = std::chrono::seconds(10);
  /// For a whole body, from the end of its head.
  std::chrono::nanoseconds body_time = std::chrono::seconds(30);
  /// Between two requests; then the connection is closed without a word.
  std::chrono::nanoseconds idle_time = std::chrono::seconds(60);
  /// For a client to take some bytes of an answer.
  std::chrono::nanoseconds write_time = std::chrono::seconds(10);
};

}  // namespace bench
