// Sizing: one rule for models that block, another for those that loop.
#include "harness/sweep/sizing.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/core/parameters.h"

namespace bench {
namespace {

using Counts = std::vector<std::uint32_t>;

std::uint32_t at_most(std::optional<std::uint32_t> limit, std::uint32_t count) {
  return std::max(1u, limit ? std::min(*limit, count) : count);
}

/// A grid in steps of two around the rule, and one worker per core.
Counts grid(std::uint32_t rule, std::uint32_t cores, std::uint32_t most) {
  std::set<std::uint32_t> all = {std::min(cores, most), rule};
  for (const std::uint32_t step : {2u, 4u}) {
    all.insert(std::max(1u, rule / step));
    all.insert(std::min(most, rule * step));
  }
  return {all.begin(), all.end()};
}

/// The most workers that can have something to do.
std::uint32_t useful(const SizingRequest& request, std::uint32_t count) {
  if (!request.limit) return std::max(1u, count);
  return at_most(*request.limit + request.idle, count);
}

/// True if the model blocks a worker for each waiting job, so that the number
/// of workers must follow from the jobs. A server whose parent has all
/// connections is no different.
bool follows_rule(const ModelInfo& model, const SizingRequest& request) {
  if (request.requests) {
    return model.serves == ModelInfo::Serves::in_parent && !model.one_worker &&
           request.demand.wait > 0;
  }
  return model.waits == ModelInfo::Waits::blocking && !model.one_worker &&
         request.demand.wait > 0;
}

Counts worker_counts(const ModelInfo& model, const SizingRequest& request) {
  const auto cores = static_cast<std::uint32_t>(request.cores);
  if (model.one_worker) return {1};
  if (model.in_uv_pool && request.uv_pool > 0) return {request.uv_pool};
  if (!request.workers.empty()) return request.workers;
  const std::uint32_t most = useful(request, request.max_workers);
  if (request.requests && model.serves == ModelInfo::Serves::blocking) {
    return request.tune ? grid(most, cores, most) : Counts{most};
  }
  if (!follows_rule(model, request)) {
    if (request.requests) return {std::max(cores, request.least_workers)};
    const bool blocks = model.waits == ModelInfo::Waits::blocking;
    return {blocks && request.demand.readers > 0 ? request.demand.readers
                                                 : cores};
  }
  const std::uint32_t rule = workers_by_rule(request);
  if (model.worker_per_job) return {most};
  if (!request.tune) return {rule};
  return grid(rule, cores, most);
}

}  // namespace

std::uint32_t workers_by_rule(const SizingRequest& request) {
  const double ratio = request.demand.compute > 0
                           ? request.demand.wait / request.demand.compute
                           : static_cast<double>(kMostInFlight);
  // Rounded up, because half a worker keeps no core busy.
  const double wished = std::ceil(request.cores * (1 + ratio) - 1e-6);
  const auto capped = static_cast<std::uint32_t>(
      std::min(wished, static_cast<double>(request.max_workers)));
  return at_most(request.limit, capped);
}

std::string describe_rule(const SizingRequest& request) {
  const auto milliseconds = [](double seconds) {
    return shortest(std::round(seconds * 1e6) / 1e3) + " ms";
  };
  const std::uint32_t workers = workers_by_rule(request);
  const double ratio = request.demand.wait / request.demand.compute;
  std::string text = "W = " + std::to_string(request.cores) + " x (1 + " +
                     milliseconds(request.demand.wait) + " / " +
                     milliseconds(request.demand.compute) + ")";
  if (request.demand.compute <= 0) {
    text += " has no bound, as nothing is computed";
  } else {
    text += " = " + shortest(std::round(request.cores * (1 + ratio) * 10) / 10);
  }
  if (request.limit && workers == *request.limit) {
    text += ", capped by in-flight " + std::to_string(*request.limit);
  } else if (workers == request.max_workers) {
    text += ", capped by --max-workers=" + std::to_string(workers);
  }
  return text + ": " + std::to_string(workers) +
         (workers == 1 ? " worker" : " workers");
}

std::uint32_t connections_by_rule(int cores) {
  constexpr int kMost = 20'000;  // what --connections takes
  return static_cast<std::uint32_t>(std::clamp(16 * cores, 64, kMost));
}

std::string describe_connections(const SizingRequest& request) {
  const std::uint32_t all = request.limit.value_or(1) + request.idle;
  const std::string count =
      std::to_string(all) + " connection" + (all == 1 ? "" : "s");
  const std::string each = ", a worker for each where workers block";
  if (all <= request.max_workers) return count + each;
  return count + each +
         ", capped by --max-workers=" + std::to_string(request.max_workers);
}

std::vector<Sizing> sizes_of(const ModelInfo& model,
                             const SizingRequest& request) {
  const bool loops = model.waits == ModelInfo::Waits::in_loop;
  std::vector<Sizing> all;
  for (std::uint32_t workers : worker_counts(model, request)) {
    Sizing one;
    // More workers than jobs in flight would only sit there. Threads of
    // libuv's pool are no exception, but they are the library's to size.
    one.workers = model.in_uv_pool ? workers : useful(request, workers);
    one.in_flight = one.workers * request.depth;
    if (request.requests) {
      // One worker that blocks has one client: any other one would only wait
      // until the connection of this one is over.
      const bool one_client =
          model.one_worker && model.serves == ModelInfo::Serves::blocking;
      one.in_flight = one_client ? 1 : request.limit.value_or(1);
    } else if (request.limit) {
      one.in_flight =
          loops ? *request.limit : std::min(one.in_flight, *request.limit);
    }
    if (follows_rule(model, request) && !model.worker_per_job) {
      one.rule = workers_by_rule(request);
    }
    if (std::find(all.begin(), all.end(), one) == all.end()) {
      all.push_back(one);
    }
  }
  return all;
}

}  // namespace bench
