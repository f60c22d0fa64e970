// RequestRunner: at which rate clients ask, and for how long.
#include <algorithm>
#include <utility>
#include <vector>

#include "harness/sweep/load_order.h"
#include "harness/sweep/request_runner.h"
#include "harness/sweep/rounds.h"

namespace bench {
namespace {

double rate_found_in(const Json& result) {
  return result.at("jobs").get<double>() /
         result.at("work_seconds").get<double>();
}

}  // namespace

void RequestRunner::settle(Trial& trial) {
  const Traffic& traffic = trial.cell->workload->traffic;
  // What a pilot has shown once would be in all repetitions alike, and no
  // interval would see its error.
  trial.capacity = capacities_.of(*trial.cell).value_or(trial.capacity);
  trial.rate = traffic.rate;
  if (traffic.share <= 0) return;
  trial.rate = traffic.of == Traffic::Of::own
                   ? trial.capacity * traffic.share / 100
                   : common_rate(trial);
}

double RequestRunner::common_rate(const Trial& trial) {
  const Cell& cell = *trial.cell;
  const auto [found, is_new] = rates_.try_emplace({cell.workload, cell.cores});
  double& rate = found->second;
  if (!is_new) return rate;
  std::vector<double> pilots;
  const Cell* fastest = &cell;  // a slow server would answer less than is asked
  for (const Cell& other : run_.plan.cells) {
    if (other.workload != cell.workload || other.cores != cell.cores ||
        other.subject.model == nullptr || other.control) {
      continue;
    }
    const auto pilot = pilots_.find(other.name_of_server());
    if (pilot != pilots_.end() && pilot->second.at("status") == "ok") {
      pilots.push_back(rate_found_in(pilot->second));
    }
    if (capacities_.of(other) > capacities_.of(*fastest)) fastest = &other;
  }
  rate = capacities_.common_rate(run_.plan, cell, std::move(pilots));
  // On the server's CPUs it has no time of its own.
  if (rate <= 0 || run_.shares_cores(cell)) return rate;
  const Trial first{.cell = fastest, .prepared = trial.prepared};
  constexpr int kTries = 4;
  constexpr double kSeconds = 0.3;
  for (int tries = 0; tries < kTries; ++tries) {
    const Json tried = attempt([&] { return repeat(first, rate, kSeconds); });
    if (run_.interrupted || tried.at("status") != "ok") break;
    const double former = rate;
    rate =
        eased(rate, tried.at("http").at("generator_cpu_share").get<double>());
    if (rate == former) break;
  }
  return rate;
}

double RequestRunner::seconds_of(const Trial& trial) const {
  const double seconds = duration_of(run_.request, *trial.cell->workload);
  if (run_.request.duration_given || trial.rate <= 0) return seconds;
  // A p99 takes 10,000 samples, and some more so that chance does not decide.
  constexpr double kEnough = 10'500;
  constexpr double kLongest = 1;
  return std::max(seconds, std::min(kLongest, kEnough / trial.rate));
}

void RequestRunner::learn(Trial& trial, const Json& entry) {
  capacities_.learn(*trial.cell, entry);
}

double RequestRunner::pilot_seconds(const Cell& cell) const {
  return pilot_of_requests(duration_of(run_.request, *cell.workload));
}

void RequestRunner::pilot(Trial& trial) {
  const Cell& cell = *trial.cell;
  trial.predicted_seconds =
      duration_of(run_.request, *cell.workload) + kAroundRequests +
      (cell.subject.peer != nullptr ? warmup_of(cell) : 0);
  if (cell.workload->fault) return;  // it is worth its whole length only
  auto known = pilots_.find(cell.name_of_server());
  if (known == pilots_.end()) {
    const Json pilot = attempt([&] {
      return repeat(trial, cell.workload->traffic.rate, pilot_seconds(cell));
    });
    if (run_.interrupted) return;
    known = pilots_.emplace(cell.name_of_server(), pilot).first;
  }
  const Json& pilot = known->second;
  if (pilot.at("status") != "ok") {
    trial.trouble = pilot.at("reason").get<std::string>();
  } else if (cell.workload->traffic.share > 0) {
    trial.capacity = rate_found_in(pilot);
  }
}

}  // namespace bench
