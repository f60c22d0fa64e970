// Stream: a TCP connection whose owner waits by stopping its thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "harness/posix/fd.h"

namespace bench {

/// Every member returns -errno after a failure, -ETIMEDOUT after the patience
/// given to connect(). One thread uses it at a time.
class Stream {
 public:
  Stream() = default;
  Stream(Stream&&) = default;
  Stream& operator=(Stream&&) = delete;
  /// Resets the connection: its port is free at once. A client that closed in
  /// the ordinary way would hold it in TIME_WAIT for a minute, and a quick one
  /// would soon have used up all ports. Whoever has the whole answer may.
  /// [RFC 9293, 3.6; socket(7), SO_LINGER]
  ~Stream();

  /// Connects to `port` on 127.0.0.1; 0 when done.
  ssize_t connect(std::uint16_t port, std::chrono::nanoseconds patience);
  /// Bytes read, at most `size`; 0 at the end of the stream.
  ssize_t read(std::byte* data, std::size_t size);
  /// Bytes written, at most `size`.
  ssize_t write(const std::byte* data, std::size_t size);

 private:
  Fd fd_;
};

}  // namespace bench
