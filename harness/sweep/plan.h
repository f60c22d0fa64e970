// Plan: from what was asked to the cells that will be measured.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "harness/sweep/cell.h"
#include "harness/system/cpus.h"

namespace bench {

/// What a run was asked to do; every value has been checked.
struct Request {
  std::string scenarios = "cpu";
  std::string models = "all";
  std::string cores = "auto";
  std::string workers = "auto";
  std::string peers;      ///< a list; "": none
  std::string in_flight;  ///< a list; "": what the scenario says
  std::uint32_t max_workers = 512;
  /// Values of parameters by name, as lists: {"job-us", {"100", "1000"}}.
  std::map<std::string, std::vector<std::string>> parameters;
  std::string preset = "quick";
  int repetitions = 5;
  double duration = 1;          ///< seconds of work in a batch, on one core
  bool duration_given = false;  ///< by the user: then no scenario takes less
  double warmup = 0.1;          ///< seconds of the discarded first repetition
  double deadline = 0;   ///< seconds; 0: ten times what the pilot predicts
  std::size_t jobs = 0;  ///< of a batch; 0: found from the duration
  std::uint64_t seed = 1;
};

/// Owns workloads and cells; cells point to workloads. Not copyable.
struct Plan {
  std::deque<Workload> workloads;
  std::vector<Cell> cells;
  /// How the workers of models that block were counted, and what was left out:
  /// sentences, without doubles.
  std::vector<std::string> sizing;

  Plan() = default;
  Plan(Plan&&) = default;

  /// Scenarios x parameters x models x cores x sizes, doubles dropped.
  /// Throws std::invalid_argument with one sentence that names the flag.
  static Plan make(const Request& request, const Cpus& cpus);

  /// Seconds that all repetitions will take if every model were ideal; a
  /// lower bound for people, made without measuring anything.
  double least_seconds(const Request& request) const;
};

/// Seconds of work that a repetition of the workload should have.
double duration_of(const Request& request, const Workload& workload);

/// The same of the discarded first repetition where cells serve requests: long
/// enough for a rate that others are set by.
double pilot_of_requests(double duration);

/// What a repetition with a server takes beside its measuring: start, warm-up,
/// stop; seconds.
constexpr double kAroundRequests = 0.35;

/// The order of the cells in a round: a permutation that depends on the seed
/// and the round alone.
std::vector<std::size_t> order_of_round(std::size_t cells, std::uint64_t seed,
                                        int round);

}  // namespace bench
