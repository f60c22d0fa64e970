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
  int repetitions = 20;         ///< rounds
  double duration = 0.25;       ///< seconds of work in a batch, on one core
  bool duration_given = false;  ///< by the user: then no scenario takes less
  double warmup = 0.1;          ///< seconds of the discarded first repetition
  double deadline = 0;   ///< seconds; 0: ten times what the pilot predicts
  std::size_t jobs = 0;  ///< of a batch; 0: found from the duration
  std::uint64_t seed = 1;
  /// Nobody has chosen anything: of in-flight limits only the middle one, and
  /// no load that the machine cannot bear.
  bool overview = false;
  /// Calibration: every model twice, on the CPUs of a control, and nothing
  /// else.
  bool twins = false;
  std::string machine;  ///< file of its profile; "": where it is by default
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
};

}  // namespace bench
