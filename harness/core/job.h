// Job and Step: the vocabulary in which work says what it needs next.
//
// A job is a small state machine. It knows no descriptor, thread, process or
// loop; it asks for a step and is resumed when the step is done. Whoever
// drives it decides how to wait: harness/drive/blocking.h stops the thread,
// harness/drive/loop.h starts something and lets a callback resume the job.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace bench {

struct Call;
class File;

/// What a job asks for. Memory that a step names must live until the job is
/// resumed; so do the file and the call.
struct Step {
  enum class Kind : std::uint8_t {
    finished,   ///< nothing more: digest() is valid, unless there is an error
    compute,    ///< the next resume() burns CPU: a driver may move it elsewhere
    pause,      ///< for `time`
    connect,    ///< the job's stream, to `port` on loopback
    read,       ///< from the stream, at most `size` bytes to `data`; 0: its end
    write,      ///< to the stream, at most `size` bytes from `data`
    shut,       ///< the stream's way out: the peer reads its end
    call,       ///< the work of `call`, a job inside this one
    read_file,  ///< at most `size` bytes of `file` from `offset` on to `data`
  };
  Kind kind = Kind::finished;
  std::uint16_t port = 0;
  int error = 0;  ///< finished: 0, or why the job failed (an errno value)
  /// read: the job waits for nothing that was promised to it. When a server
  /// stops, such a wait ends at once with 0.
  bool idle = false;
  /// connect: one that a job before this one has left will do. finished: the
  /// stream is at rest, so that a job after this one may have it.
  bool keep = false;
  /// pause: how long. connect: the longest that this and any later wait on the
  /// stream may last, after which the step brings -ETIMEDOUT; 0: forever.
  /// read and write: the same for this wait alone; 0: what connect said.
  std::chrono::nanoseconds time{0};
  std::byte* data = nullptr;
  std::size_t size = 0;
  const File* file = nullptr;
  std::int64_t offset = 0;
  Call* call = nullptr;

  static Step finished() { return {}; }
  static Step finished_and_keep() { return {.keep = true}; }
  static Step failed(int error) {
    return {.kind = Kind::finished, .error = error};
  }
  static Step compute() { return {.kind = Kind::compute}; }
  static Step pause(std::chrono::nanoseconds time) {
    return {.kind = Kind::pause, .time = time};
  }
  static Step connect(std::uint16_t port, std::chrono::nanoseconds patience) {
    return {.kind = Kind::connect, .port = port, .time = patience};
  }
  static Step connect_or_reuse(std::uint16_t port,
                               std::chrono::nanoseconds patience) {
    Step step = connect(port, patience);
    step.keep = true;
    return step;
  }
  static Step read(std::span<std::byte> room,
                   std::chrono::nanoseconds patience = {}) {
    return {.kind = Kind::read,
            .time = patience,
            .data = room.data(),
            .size = room.size()};
  }
  static Step read_when_idle(std::span<std::byte> room,
                             std::chrono::nanoseconds patience) {
    Step step = read(room, patience);
    step.idle = true;
    return step;
  }
  static Step write(std::span<const std::byte> bytes,
                    std::chrono::nanoseconds patience = {}) {
    // Nobody writes through this pointer; one field serves both directions.
    return {.kind = Kind::write,
            .time = patience,
            .data = const_cast<std::byte*>(bytes.data()),
            .size = bytes.size()};
  }
  static Step shut() { return {.kind = Kind::shut}; }
  static Step run(Call& call) { return {.kind = Kind::call, .call = &call}; }
  static Step read_file(const File& file, std::span<std::byte> room,
                        std::int64_t offset) {
    return {.kind = Kind::read_file,
            .data = room.data(),
            .size = room.size(),
            .file = &file,
            .offset = offset};
  }
};

/// One unit of work. One thread at a time calls it; which one may change from
/// step to step. It cannot throw: a job that fails says so in what it returns,
/// and one that breaks a rule ends its worker, in every model alike.
class Job {
 public:
  virtual ~Job() = default;

  /// Goes on until the next step; never blocks. `result` is what the step
  /// before brought: 0 at the first call and after compute, pause, connect,
  /// shut and call, bytes moved after input or output (fewer than asked for,
  /// perhaps), -errno after a failure. A job has one stream, which it connects
  /// or was born with, closed when it is finished, unless it says that another
  /// job may have it, or when the job connects again; a stream on which connect
  /// failed takes no other step. Connections that wait for a job are the
  /// driver's. Whoever gets one, told by a 1 after connect, may find that the
  /// peer has closed it: that is known only once it is used.
  virtual Step resume(ssize_t result) noexcept = 0;

  /// The answer, a pure function of the scenario's seed and the job's index.
  /// REQUIRES: resume() returned finished, without an error.
  virtual std::uint64_t digest() const noexcept = 0;
};

}  // namespace bench
