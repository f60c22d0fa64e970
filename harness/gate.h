// Gate: all workers of a repetition start together and leave together.
//
// Start-up is over when the last worker has entered; the work then begins for
// all at once. A worker that finds no more work leaves, and nobody is let go
// before the last one: so memory can be read while all workers live.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "harness/posix/one_shot.h"
#include "harness/usage.h"

namespace bench {

/// Lives in zeroed shared memory; every member is safe to call from any
/// thread or process that sees it, where nothing else is said.
class Gate {
 public:
  /// The most threads and processes that can pass.
  static constexpr std::uint32_t kMaxParties = 1024;

  /// Waits until `parties` callers are here; the last one stamps opened_at.
  /// Throws std::runtime_error if a child of the caller ends before that, and
  /// std::length_error if `parties` is above kMaxParties.
  void enter(std::uint32_t parties);

  /// Waits until all have left; the last one calls observe_memory(). Throws
  /// std::runtime_error if a child of the caller ends abnormally before that.
  void leave();

  /// Reads the memory of all processes that entered, and of `others`; keeps
  /// the larger reading. One thread of one process calls it at a time.
  void observe_memory(const std::vector<pid_t>& others = {});

  /// CLOCK_MONOTONIC nanoseconds. REQUIRES: enter() returned somewhere.
  std::int64_t opened_at() const { return opened_at_; }

  /// What all processes that entered had consumed when they did.
  Usage usage_at_entry() const;

  const MemoryUse& memory() const { return memory_; }

 private:
  struct Seat {
    pid_t process;
    Usage usage;
  };
  std::vector<pid_t> processes() const;

  std::atomic<std::uint32_t> taken_;
  std::atomic<std::uint32_t> entered_;
  std::atomic<std::uint32_t> left_;
  std::int64_t opened_at_;
  OneShot open_;
  OneShot closed_;
  MemoryUse memory_;
  std::array<Seat, kMaxParties> seats_;
};

}  // namespace bench
