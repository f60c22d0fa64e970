// Cell: one point of the plan: scenario x parameters x subject x cores x
// workers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/parameters.h"
#include "harness/core/scenario.h"
#include "harness/sweep/sizing.h"
#include "harness/sweep/subject.h"

namespace bench {

/// The jobs that all cells of one scenario and one set of parameters share, as
/// they were asked for.
struct Workload {
  const ScenarioInfo* scenario = nullptr;
  Parameters parameters;
  Demand demand;  ///< of one job
  Needs needs;
  Traffic traffic;             ///< of requests
  std::optional<Fault> fault;  ///< of their server
  std::size_t place = 0;       ///< in the plan

  /// What is measured: batches of jobs, servers with clients, or primitives,
  /// where there is no job to make.
  enum class Kind { batch, requests, floor };
  Kind kind() const;
  /// The parameters without what only clients do with it.
  Parameters work() const;
  bool serves() const { return kind() == Kind::requests; }
  /// Something runs beside the model: a load generator, a backend.
  bool has_company() const { return needs.backend || serves(); }
  /// True if jobs wait, so that a repetition is as long as --duration in every
  /// cell, whatever the number of jobs.
  bool waits() const { return demand.wait > 0; }
};

struct Cell {
  const Workload* workload = nullptr;
  Subject subject;
  Parameters own_parameters = {};  ///< of the subject
  int cores = 1;
  Sizing size = {};
  /// --in-flight, where it matters; of requests the connections.
  std::optional<std::uint32_t> limit = {};
  /// The parameter of its own that is left to the harness, or "".
  std::string automatic = {};
  /// What the cell may become, one for each candidate of that parameter, until
  /// one has been picked. [harness/sweep/tuning.h]
  std::vector<Cell> candidates = {};
  /// The twin of another cell, to see what two equal things look like.
  bool control = false;

  /// "cpu/thread-pool/cores:2/workers:2". Parameters that are not at their
  /// default stand between subject and cores; a variant's "/" becomes "+", and
  /// a control ends with "/control". What the harness picks is no part of it:
  /// two runs call the same cell alike.
  std::string name() const { return name_without({}); }
  /// The same for all shares of one capacity.
  std::string name_of_server() const;
  /// The same for all values of these parameters of the scenario.
  std::string name_without(const std::vector<std::string>& hidden) const;

  /// CPUs that the subject can keep busy at the same time.
  int busiest_cpus() const;

  /// Jobs per second if nothing but waiting and computing
  /// cost time: as many as are in flight can wait, as many as there are cores
  /// can compute.
  double ideal_rate() const;
};

/// What calibration finds of a workload.
struct Prepared {
  const Workload* workload = nullptr;
  Parameters parameters;  ///< wishes became amounts
  JobLength length;       ///< measured
  std::size_t jobs = 0;   ///< of a full batch; 0 where there are none
  int answers = -1;       ///< descriptor of the expected digests
  int file = -1;          ///< descriptor of the file that jobs read
  Json requests;          ///< with the right answers [run_expectation()]
  /// Why it could not be prepared: all its cells have failed then.
  std::string trouble;
};

/// A cell on its way through a run, and what was found out about it.
struct Trial {
  const Cell* cell = nullptr;
  const Prepared* prepared = nullptr;
  std::size_t jobs = 0;          ///< of a repetition: fewer if it is slow
  double predicted_seconds = 0;  ///< of one repetition
  std::vector<std::string> flags;
  /// Of requests: what the closed loop reaches, per second; 0 if it is not
  /// known, and then `trouble` says why.
  double capacity = 0;
  double rate = 0;  ///< of an open loop; 0: a closed one, or not known yet
  std::string trouble;
  std::string version;             ///< of a peer: "nginx 1.22.1"
  std::string missing;             ///< why there is nothing to measure
  int repetitions = 0;             ///< done so far
  std::vector<double> rates = {};  ///< jobs per second of those that went well
};

/// The part of an entry of results.json that says which cell it is.
Json identity_of(const Trial& trial);

/// Parameters as JSON: numbers as numbers, "-" in names as "_", null where
/// nothing is set. Every parameter of `known` is present.
Json to_json(const std::vector<Parameter>& known, const Parameters& values);

}  // namespace bench
