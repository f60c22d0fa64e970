// Load order: clients, threads, windows.
#include "harness/sweep/load_order.h"

#include <algorithm>

#include "harness/core/random.h"

namespace bench {
namespace {

/// Of a time line; seconds. A longer window has longer buckets.
constexpr double kBucket = 0.05;
constexpr double kMostBuckets = 400;

/// At a moment that the seed draws, after a quarter of the window at least and
/// long before its end.
LoadFault fault_in(const Fault& fault, double seconds, std::uint64_t seed) {
  const double drawn =
      static_cast<double>(split_mix(seed, 0)) / static_cast<double>(UINT64_MAX);
  return {.at_seconds = seconds * (0.25 + 0.1 * drawn),
          .signal = fault.signal,
          .to_root = fault.to_root,
          .target = fault.target,
          .seed = seed};
}

}  // namespace

double warmup_of(const Cell& cell) {
  return cell.subject.peer != nullptr ? 1 : 0.15;
}

LoadOrder load_order(const Run& run, const Trial& trial, double rate,
                     double seconds) {
  const Cell& cell = *trial.cell;
  const Traffic& traffic = cell.workload->traffic;
  LoadOrder order;
  order.requests =
      from_text<std::vector<LoadRequest>>(trial.prepared->requests.dump());
  order.connections = cell.size.in_flight;
  order.idle_connections = traffic.idle_connections;
  order.keep_alive = traffic.keep_alive;
  if (rate > 0) order.rate = rate;
  order.arrival = traffic.poisson ? LoadOrder::Arrival::poisson
                                  : LoadOrder::Arrival::constant;
  order.warmup_seconds = warmup_of(cell);
  order.seconds = seconds;
  order.timeout_seconds = traffic.timeout;
  // Arrivals are others in each repetition, and the same for all models.
  order.seed = run.request.seed + static_cast<std::uint64_t>(trial.repetitions);
  const Placement where = run.place(cell);
  order.cpus = where.others;
  // One thread asks for more than one core can answer.
  const auto cpus = static_cast<std::uint32_t>(order.cpus.size());
  const auto cores = static_cast<std::uint32_t>(cell.cores);
  order.threads = where.shares_cpus ? 1 : std::min(cpus, cores);
  if (order.requests.size() > 1) {
    order.timeline_seconds = std::max(kBucket, seconds / kMostBuckets);
  }
  if (const std::optional<Fault>& fault = cell.workload->fault) {
    order.fault = fault_in(*fault, seconds, order.seed);
  }
  return order;
}

}  // namespace bench
