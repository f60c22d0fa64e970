// Answers: the expected digests of a workload, found once per run.
//
// The oracle may cost as much as the work. It runs once, on all CPUs, into a
// piece of memory without a name; every repetition maps it and compares.
#pragma once

#include <cstdint>
#include <span>

#include "harness/posix/fd.h"
#include "harness/scenario.h"

namespace bench {

/// A read-only view of the expected digests. Safe to use from all threads.
class Answers {
 public:
  /// Computes the first `jobs` answers in `workers` forked processes; returns
  /// the memory's descriptor. Throws if a worker fails.
  /// REQUIRES: the process has one thread.
  static Fd find(const Scenario& scenario, std::size_t jobs, int workers);

  /// Maps the first `jobs` answers behind `descriptor`.
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
