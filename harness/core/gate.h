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
#include "harness/system/usage.h"

namespace bench {

/// Lives in zeroed shared memory; every member is safe to call from any
/// thread or process that sees it, where nothing else is said.
class Gate {
 public:
  /// The most threads and processes that can pass.
  static constexpr std::uint32_t kMaxParties = 1280;

  /// Says that `parties` more than the maker of the gate will enter. Crew and
  /// Processes do so for those whom they start. Throws std::length_error if
  /// they become more than kMaxParties.
  /// REQUIRES: the caller has not entered, and will.
  void expect(std::uint32_t parties);

  /// Waits until all are here; the last one stamps opened_at. Throws
  /// std::runtime_error if a child of the caller ends or somebody abandons the
  /// gate before that.
  void enter();

  /// Waits until all have left; the last one reads the memory of all processes
  /// that entered. Throws as enter() does.
  void leave();

  /// Says that up to `at_once` of the processes that were reaped so far lived
  /// at the same time: they count with the largest peak RSS among them, and PSS
  /// is unknown. For models whose workers are gone when they leave.
  void count_short_lived(std::uint32_t at_once) { short_lived_ = at_once; }

  /// Says that the workers were threads that are gone when they leave: what
  /// they had in memory is unknown but for the process's peak.
  void forget_shares() { shares_unknown_ = 1; }

  /// Says that a party will never come: whoever waits, throws.
  void abandon();

  /// True once all are in. Nobody is expected any more, and who comes in place
  /// of one that has died need not enter.
  bool opened() const { return open_.fired(); }

  /// CLOCK_MONOTONIC nanoseconds. REQUIRES: enter() returned somewhere.
  std::int64_t opened_at() const { return opened_at_; }

  /// What all processes that entered had consumed when they did.
  Usage usage_at_entry() const;

  /// What reading the memory cost; it is nobody's work.
  const Usage& observer_usage() const { return observer_usage_; }
  std::int64_t observer_ns() const { return observer_ns_; }

  const MemoryUse& memory() const { return memory_; }

  /// The processes that entered, in rising order.
  std::vector<pid_t> processes() const;

 private:
  struct Seat {
    pid_t process;
    Usage usage;
  };
  void wait_for(OneShot& signal);

  std::atomic<std::uint32_t> others_;  ///< who will enter, but for the maker
  std::atomic<std::uint32_t> taken_;
  std::atomic<std::uint32_t> entered_;
  std::atomic<std::uint32_t> left_;
  std::atomic<std::uint32_t> abandoned_;
  std::int64_t opened_at_;
  OneShot open_;
  OneShot closed_;
  MemoryUse memory_;
  std::uint32_t short_lived_;
  std::uint32_t shares_unknown_;
  Usage observer_usage_;
  std::int64_t observer_ns_;
  std::array<Seat, kMaxParties> seats_;
};

}  // namespace bench
