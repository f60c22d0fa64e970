// Answers: the expected digests of a workload, found once per run.
//
// The oracle may cost as much as the work. It runs once, on all CPUs, into a
// piece of memory without a name; every repetition maps it and compares.
#pragma once

#include <cstdint>
#include <span>

#include "harness/core/scenario.h"
#include "harness/posix/fd.h"

namespace bench {

/// A read-only view of the expected digests. Safe to use from all threads.
class Answers {
 public:
  /// Makes memory without a name for `jobs` answers; returns its descriptor.
  static Fd room_for(std::size_t jobs);

  /// Computes the first `jobs` answers in `workers` processes, this one among
  /// them, into the memory behind `descriptor`. Throws if a worker fails.
  /// REQUIRES: the process has one thread.
  static void find(const Scenario& scenario, std::size_t jobs, int descriptor,
                   int workers);

  /// Maps the first `jobs` answers behind `descriptor`. Throws
  /// std::length_error if there are fewer.
  static Answers map(int descriptor, std::size_t jobs);

  Answers(Answers&& other) noexcept;
  Answers& operator=(Answers&&) = delete;
  ~Answers();

  std::span<const std::uint64_t> all() const { return all_; }

 private:
  explicit Answers(std::span<std::uint64_t> all) : all_(all) {}
  static Answers map_with(int descriptor, std::size_t jobs, int protection);

  std::span<std::uint64_t> all_;
};

}  // namespace bench
