// Scenario: a workload, made of jobs that depend on (seed, i) alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <vector>

#include "harness/job.h"
#include "harness/parameters.h"

namespace bench {

/// Immutable after construction; safe to use from all threads and, copied by
/// fork, from all processes.
class Scenario {
 public:
  virtual ~Scenario() = default;

  /// Makes job i; two calls make equal jobs.
  virtual std::unique_ptr<Job> job(std::size_t i) const noexcept = 0;

  /// The right digest of job i, found by another road where there is one.
  virtual std::uint64_t expected(std::size_t i) const = 0;

  /// Called once by each worker before its first job: what a worker must own
  /// for itself (a fetched algorithm, a seeded generator) is made here.
  virtual void prepare_worker() const {}
};

/// How long jobs are, as measured.
struct JobLength {
  double seconds = 0;  ///< of one job, in the mean
  /// Jobs that must be taken together to have that mean: batches are cut at
  /// multiples of it.
  std::size_t period = 1;
};

/// What the harness knows of a scenario before it makes one.
struct ScenarioInfo {
  std::string id;       ///< "cpu"
  std::string summary;  ///< one line
  std::vector<Parameter> parameters;

  /// Turns wishes ("job-us") into amounts of work ("size") by measuring on
  /// the calling thread. Called once for each set of parameters in a run, so
  /// that all cells do the same work.
  std::function<JobLength(Parameters&)> calibrate;

  std::function<std::unique_ptr<Scenario>(const Parameters&,
                                          std::uint64_t seed)>
      make;

  std::string file = {};  ///< filled in at registration: "scenarios/cpu.cpp"
};

/// A static object of this type in a scenario's file is all it takes to be
/// listed, tested, run and reported.
struct RegisterScenario {
  explicit RegisterScenario(
      ScenarioInfo info,
      std::source_location where = std::source_location::current());
};

}  // namespace bench
