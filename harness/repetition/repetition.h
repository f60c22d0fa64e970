// Repetition: what happens inside the fresh process of one repetition.
#pragma once

#include "harness/core/json.h"
#include "harness/core/parameters.h"
#include "harness/core/scenario.h"
#include "harness/core/service.h"

namespace bench {

inline void to_json(nlohmann::json& json, const Parameters& parameters) {
  json = parameters.all();
}
inline void from_json(const nlohmann::json& json, Parameters& parameters) {
  for (const auto& [name, value] : json.items()) parameters.set(name, value);
}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Surroundings, backend_port, file)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Work, kind, choice, index, amount, share)

/// What a fresh process must know; travels as JSON in its arguments.
struct Order {
  std::string scenario;
  Parameters parameters;
  std::uint64_t seed = 0;
  std::string model;      ///< or
  std::string primitive;  ///< exactly one is not empty
  Parameters model_parameters;
  std::vector<int> cpus;
  std::uint32_t workers = 1;
  std::uint32_t in_flight = 1;
  /// Of the closed loop that a batch is: --in-flight, also where a model that
  /// blocks has fewer workers than that.
  std::uint32_t places = 1;
  Surroundings surroundings;
  std::size_t jobs = 0;    ///< 0: a primitive finds its own count
  double min_seconds = 0;  ///< for a primitive that finds its own count
  int answers = -1;        ///< descriptor of the expected digests
  int report = -1;         ///< descriptor that takes the JSON line
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Order, scenario, parameters, seed, model,
                                   primitive, model_parameters, cpus, workers,
                                   in_flight, places, surroundings, jobs,
                                   min_seconds, answers, report)

/// Makes this process one that measures: binds it to the order's CPUs, and its
/// workers if they are to be pinned, and settles timers, descriptors, memory
/// and libuv's pool. Throws std::system_error.
void prepare_process(const Order& order);

/// Runs the order in this process: builds scenario, batch and model, runs,
/// verifies every record, and writes one JSON line to order.report after the
/// clock has stopped. Returns the process's exit code.
int run_repetition(const Order& order);

/// Calibrates the order's scenario on the first of its CPUs while the others
/// are as busy with such jobs: those share clock, power and perhaps units with
/// it, as they will in a batch. Writes {parameters, seconds, period} to
/// order.report.
int run_calibration(const Order& order);

/// Finds the expected digests of the order's jobs in order.workers processes,
/// into the memory behind order.answers.
int run_oracle(const Order& order);

/// Finds the right answers to the order's requests; writes an array of
/// {target, share, status, body} to order.report. A body is null if it is too
/// long to be compared.
int run_expectation(const Order& order);

/// Runs job `i` of a scenario and prints its digest on stdout: the process of
/// a single job, for models that make one.
int run_single_job(const Order& order, std::size_t i);

/// Does `work` of a scenario's service and writes a WorkResult to stdout as it
/// is: the process of a single request, for models that make one. Returns 0
/// if that could be written.
int run_single_work(const Order& order, const Work& work);

}  // namespace bench
