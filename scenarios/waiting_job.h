// WaitingJob: the frame of jobs that wait, and where each kind is made.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "harness/core/job.h"
#include "harness/posix/file.h"
#include "scenarios/waiting.h"

namespace bench {

/// Waits, digests what has come, computes. `what` outlives it.
class WaitingJob : public Job {
 public:
  WaitingJob(const Waiting& what, std::uint64_t key) : what_(what), key_(key) {}

  Step resume(ssize_t result) noexcept final {
    if (computing_) {
      digest_ += what_.kernel->run(key_, what_.size);
      return keep_ ? Step::finished_and_keep() : Step::finished();
    }
    const Step step =
        result < 0 ? trouble(static_cast<int>(-result)) : wait(result);
    if (step.kind != Step::Kind::finished || step.error != 0) return step;
    if (what_.size == 0) return step;
    computing_ = true;
    keep_ = step.keep;
    return Step::compute();
  }
  std::uint64_t digest() const noexcept final { return digest_; }

 protected:
  /// The next step of the waiting; finished when that is over.
  virtual Step wait(ssize_t result) noexcept = 0;
  /// The same after a step that failed with `error`.
  virtual Step trouble(int error) noexcept { return Step::failed(error); }

  const Waiting& what_;
  const std::uint64_t key_;
  std::uint64_t digest_ = 0;

 private:
  bool computing_ = false;
  bool keep_ = false;  ///< the stream, for another job
};

/// One exchange with the backend on `port`. [harness/backend/exchange.h]
std::unique_ptr<Job> make_backend_job(const Waiting& what, std::uint64_t key,
                                      std::chrono::nanoseconds wait,
                                      std::uint16_t port) noexcept;

/// Reads block `number` of a file that fill_file() has filled.
std::unique_ptr<Job> make_file_job(const Waiting& what, std::uint64_t key,
                                   const File& file,
                                   std::uint64_t number) noexcept;

/// The file of --wait=file again, as `what` wants to read it. Throws
/// std::system_error, and std::runtime_error if it lies in memory.
std::unique_ptr<File> file_for(const Waiting& what, int descriptor);
std::uint64_t blocks_in_file(const Waiting& what);
std::uint64_t digest_of_block(const Waiting& what, std::uint64_t number);

}  // namespace bench
