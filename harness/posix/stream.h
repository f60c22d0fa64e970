// Stream: a TCP connection whose owner waits by stopping its thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "harness/posix/fd.h"

namespace bench {

/// Every member returns -errno after a failure, -ETIMEDOUT after the patience
/// given to it or, if that is 0, to connect(). One thread uses it at a time.
class Stream {
 public:
  /// How often a wait looks up: whether it is over, and, if it is idle, whether
  /// it must stop or others wait for this thread.
  static constexpr std::chrono::milliseconds kSlice{100};

  Stream() = default;
  /// The stream of a client: `connection` blocks. An idle wait ends when it has
  /// lasted for kSlice, or a signal has come, and `stop` is readable or
  /// `crowded` says that others wait for this thread.
  Stream(Fd connection, int stop, std::function<bool()> crowded)
      : stop_(stop), crowded_(std::move(crowded)) {
    line_.fd = std::move(connection);
  }
  Stream(Stream&&) = default;
  Stream& operator=(Stream&&) = delete;

  /// Connects to `port` on 127.0.0.1, instead of where it led before; 0 when
  /// done. With `reuse`, 1: the thread had kept a connection to that port.
  ssize_t connect(std::uint16_t port, std::chrono::nanoseconds patience,
                  bool reuse = false);
  /// Leaves a connection of its own to the calling thread, which keeps one: a
  /// thread that blocks has one job, and so needs no more.
  void keep() &&;
  /// Closes what the calling thread keeps. So does its end.
  static void close_kept();
  /// Bytes read, at most `size`; 0 at the end of the stream, or if an idle
  /// wait ends.
  ssize_t read(std::byte* data, std::size_t size,
               std::chrono::nanoseconds patience, bool idle);
  /// Bytes written, at most `size`.
  ssize_t write(const std::byte* data, std::size_t size,
                std::chrono::nanoseconds patience);
  /// Ends the way out: the peer reads its end. 0 when done.
  ssize_t shut();

 private:
  /// What is kept with a connection: where it leads, and how long the kernel
  /// lets a call on it last.
  struct Line {
    Fd fd;
    std::uint16_t port = 0;
    std::chrono::nanoseconds reading_limit{0};
    std::chrono::nanoseconds writing_limit{0};
  };
  static Line& kept();

  /// How long recv(2) may take from now on, if it is not so already.
  void limit_reading(std::chrono::nanoseconds span);
  void limit_writing(std::chrono::nanoseconds span);

  Line line_;
  int stop_ = -1;
  std::function<bool()> crowded_;
};

}  // namespace bench
