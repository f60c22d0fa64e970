// Cell: one point of the plan: scenario x parameters x model x cores x workers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/model.h"
#include "harness/core/parameters.h"
#include "harness/core/primitive.h"
#include "harness/core/scenario.h"
#include "harness/peers/peer.h"
#include "harness/sweep/sizing.h"

namespace bench {

/// The jobs that all cells of one scenario and one set of parameters share.
struct Workload {
  const ScenarioInfo* scenario = nullptr;
  Parameters asked;       ///< as the plan says
  Parameters parameters;  ///< after calibration: wishes became amounts
  Demand demand;          ///< of one job, as asked
  Needs needs;
  JobLength length;      ///< measured
  std::size_t jobs = 0;  ///< of a full batch; 0 for primitives
  int answers = -1;      ///< descriptor of the expected digests
  int file = -1;         ///< descriptor of the file that jobs read

  Json requests;  ///< with the right answers [run_expectation()]
  /// Why it could not be prepared: all its cells have failed then.
  std::string trouble;

  /// True if there is no job to make, only primitives to run.
  bool native() const { return !scenario->make && !scenario->service; }
  /// True if there are no batches, but servers and clients.
  bool serves() const { return scenario->service != nullptr; }
  /// Of requests: clients ask at a rate, whatever the answers do.
  bool open_loop() const { return rate().has_value() || load() > 0; }
  /// The rate, if it is a figure; requests per second.
  std::optional<double> rate() const;
  /// If it is a share of the closed loop's rate: per cent. Otherwise 0.
  double load() const;
  /// Of requests.
  std::uint32_t connections() const;
  std::uint32_t idle_connections() const;
  /// True if jobs wait, so that a repetition is as long as --duration in every
  /// cell, whatever the number of jobs.
  bool waits() const { return demand.wait > 0; }
};

struct Cell {
  Workload* workload = nullptr;
  const ModelInfo* model = nullptr;          ///< or
  const PrimitiveInfo* primitive = nullptr;  ///< or
  const PeerInfo* peer = nullptr;            ///< exactly one of the three
  Parameters model_parameters;
  int cores = 1;
  Sizing size;
  /// --in-flight, where it matters; of requests the connections.
  std::optional<std::uint32_t> limit;

  // Found by the pilot of the warm-up round.
  std::size_t jobs = 0;          ///< of this cell: fewer if it is slow
  double predicted_seconds = 0;  ///< of one repetition
  std::vector<std::string> flags;
  /// Of requests: what the closed loop reaches, per second; 0 if it is not
  /// known, and then `trouble` says why.
  double capacity = 0;
  std::string trouble;
  std::string peer_version;  ///< of a peer: "nginx 1.22.1"
  std::string missing;       ///< why there is nothing to measure

  int repetitions = 0;  ///< done so far

  /// "cpu/thread-pool/cores:2/workers:2". Parameters that are not at their
  /// default stand between model and cores; a variant's "/" becomes "+".
  std::string name() const;
  /// The same without --load: cells of one server have one capacity.
  std::string name_of_server() const;

  /// "thread-pool/stealing", or the id of a primitive or a peer.
  std::string who() const;

  /// True if all connections of a server go through one thread, whoever does
  /// the work.
  bool has_one_loop() const;

  /// CPUs that the model can keep busy at the same time.
  int busiest_cpus() const;

  /// Jobs per second if nothing but waiting and computing
  /// cost time: as many as are in flight can wait, as many as there are cores
  /// can compute.
  double ideal_rate() const;

  /// The part of an entry of results.json that says which cell it is.
  Json identity() const;

 private:
  std::string name_without(const std::string& parameter) const;
};

/// Parameters as JSON: numbers as numbers, "-" in names as "_", null where
/// nothing is set. Every parameter of `known` is present.
Json to_json(const std::vector<Parameter>& known, const Parameters& values);

}  // namespace bench
