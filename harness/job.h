// Job and Step: the vocabulary in which work says what it needs next.
//
// A job is a small state machine. It knows no descriptor, thread, process or
// loop; it asks for a step and is resumed when the step is done. Whoever
// drives it decides how to wait: harness/drive.h stops the thread,
// harness/loop.h starts something and lets a callback resume the job.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace bench {

/// What a job asks for.
struct Step {
  enum class Kind : std::uint8_t {
    finished,  ///< nothing more: digest() is valid from now on
    compute,   ///< the next resume() burns CPU: a driver may move it elsewhere
  };
  Kind kind;

  static constexpr Step finished() { return {Kind::finished}; }
  static constexpr Step compute() { return {Kind::compute}; }
};

/// One unit of work. One thread at a time calls it; which one may change from
/// step to step. It cannot throw: a job that fails says so in what it returns,
/// and one that breaks a rule ends its worker, in every model alike.
class Job {
 public:
  virtual ~Job() = default;

  /// Goes on until the next step; never blocks. `result` is what the step
  /// before brought: 0 at the first call and after compute, bytes moved after
  /// input or output, -errno after a failure.
  virtual Step resume(ssize_t result) noexcept = 0;

  /// The answer, a pure function of the scenario's seed and the job's index.
  /// REQUIRES: resume() returned finished.
  virtual std::uint64_t digest() const noexcept = 0;
};

}  // namespace bench
