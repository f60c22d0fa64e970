// Sizing: how many workers a model gets, and how many jobs in flight.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/model.h"
#include "harness/core/scenario.h"

namespace bench {

/// The most workers that --workers and --max-workers may ask for.
constexpr std::uint32_t kMostWorkers = 1024;
/// The most jobs that --in-flight may ask for.
constexpr std::uint32_t kMostInFlight = 100'000;

/// What there is to choose from.
struct SizingRequest {
  Demand demand;
  int cores = 1;
  std::optional<std::uint32_t> limit;  ///< --in-flight, or connections
  /// Jobs are requests, and `limit` connections have them, beside `idle` ones
  /// that have none.
  bool requests = false;
  std::uint32_t idle = 0;
  std::uint32_t least_workers = 1;  ///< of servers that have one for each core
  /// --workers: numbers; empty for auto.
  std::vector<std::uint32_t> workers;
  bool tune = false;  ///< --workers=tune: a grid around the rule
  std::uint32_t max_workers = 512;
  std::uint32_t depth = 1;    ///< the model's parameter; 1 if it has none
  std::uint32_t uv_pool = 0;  ///< the model's parameter; 0: not asked for
};

struct Sizing {
  std::uint32_t workers = 1;
  /// The most jobs that the model can have begun and not finished; at least
  /// `workers`.
  std::uint32_t in_flight = 1;
  /// What the rule says, where it applies.
  std::optional<std::uint32_t> rule;

  friend bool operator==(const Sizing&, const Sizing&) = default;
};

/// W = cores x (1 + wait / compute): while a worker waits, others compute; so
/// many keep all cores busy. [Goetz et al., Java Concurrency in Practice, 8.2]
/// Without compute there is no end to it. Capped by the limit and
/// --max-workers.
std::uint32_t workers_by_rule(const SizingRequest& request);

/// The rule with its figures: "W = 2 x (1 + 10 ms / 0.1 ms) = 202, capped by
/// in-flight 100: 100 workers".
std::string describe_rule(const SizingRequest& request);

/// Clients of a run on up to `cores` cores, if nobody says: 16 for each core,
/// and at least 64. All cells of a run have the same: a closed loop of more
/// clients is another load.
std::uint32_t connections_by_rule(int cores);

/// How many connections a worker each is made for, where workers block: "64
/// connections, a worker for each where workers block".
std::string describe_connections(const SizingRequest& request);

/// The sizes that a model is measured with: several if several were asked for;
/// without doubles, in rising order.
std::vector<Sizing> sizes_of(const ModelInfo& model,
                             const SizingRequest& request);

}  // namespace bench
