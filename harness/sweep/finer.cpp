// Finer: by medians. They only choose places; the report judges what is there.
#include "harness/sweep/finer.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace bench {
namespace {

constexpr double kClose = 1.5;
/// From where the change should be to either side.
constexpr double kStep = 1.2;
/// What is nearer to the target than this is on neither side.
constexpr double kUnsure = 1.05;

double odds(double share) {
  const double known = std::clamp(share, 0.01, 0.99);
  return std::log(known / (1 - known));
}

double middle_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// "1.78": what a length is called.
std::string text_of(double length) {
  const double digit = std::pow(10, std::floor(std::log10(length)) - 2);
  return shortest(std::stod(shortest(std::round(length / digit))) * digit);
}

/// The parameters without the place on the axis.
Parameters rest_of(const Workload& workload) {
  Parameters rest = workload.parameters;
  rest.set(workload.scenario->narrowed, "");
  return rest;
}

}  // namespace

std::vector<double> closer(const std::map<double, double>& reached,
                           double target) {
  double low = 0;
  double high = 0;
  std::vector<double> unsure;  // between them, from high to low
  for (auto one = reached.rbegin(); one != reached.rend() && low == 0; ++one) {
    if (one->second < target / kUnsure) {
      low = one->first;
    } else if (one->second < target * kUnsure) {
      unsure.push_back(one->first);
    } else {
      high = one->first;
      unsure.clear();
    }
  }
  if (low == 0 || high == 0 || high / low <= kClose) return {};
  if (!unsure.empty()) {
    std::vector<double> places;
    if (unsure.back() / low > kStep) {
      places.push_back(std::sqrt(low * unsure.back()));
    }
    if (high / unsure.front() > kStep) {
      places.push_back(std::sqrt(high * unsure.front()));
    }
    return places;
  }
  // If each job costs the same to hand out, the share is L / (L + cost), and
  // the logarithm of its odds rises as that of L does.
  const double from = odds(reached.at(low));
  const double to = odds(reached.at(high));
  const double share = (odds(target) - from) / std::max(1e-9, to - from);
  const double there = low * std::pow(high / low, std::clamp(share, 0.0, 1.0));
  std::vector<double> places;
  for (const double place : {there / kStep, there * kStep}) {
    if (place > low * kUnsure && place < high / kUnsure) {
      places.push_back(place);
    }
  }
  return places;
}

void Finer::learn(const Trial& trial) {
  const Cell& cell = *trial.cell;
  const std::string& axis = cell.workload->scenario->narrowed;
  if (axis.empty() || cell.control || trial.rates.empty() ||
      !cell.workload->parameters.has(axis)) {
    return;
  }
  Line& line = lines_[cell.name_without({axis})];
  const double length = cell.workload->parameters.real(axis);
  line.cells.insert_or_assign(length, cell);
  line.reached[length] =
      middle_of(trial.rates) * trial.prepared->length.seconds / cell.cores;
}

Plan Finer::plan() const {
  Plan plan;
  std::set<std::string> names;
  const auto add = [&](Cell cell, const std::string& length) {
    const ScenarioInfo* const scenario = cell.workload->scenario;
    Parameters parameters = cell.workload->parameters;
    parameters.set(scenario->narrowed, length);
    auto same = std::find_if(
        plan.workloads.begin(), plan.workloads.end(), [&](const Workload& one) {
          return one.scenario == scenario && one.parameters == parameters;
        });
    if (same == plan.workloads.end()) {
      Workload next = *cell.workload;
      next.parameters = parameters;
      next.place = plan.workloads.size();
      same = plan.workloads.insert(same, next);
    }
    cell.workload = &*same;
    if (names.insert(cell.name()).second) plan.cells.push_back(cell);
  };
  for (const auto& [name, line] : lines_) {
    const Cell& cell = line.cells.begin()->second;
    // One thread reaches half of two cores, and only noise would say where.
    const auto cores = static_cast<std::uint32_t>(cell.cores);
    if (2 * cell.size.workers <= cores) continue;
    std::set<std::string> lengths;
    for (const double target : {0.5, 1.0 / cell.cores}) {
      for (const double place : closer(line.reached, target)) {
        lengths.insert(text_of(place));
      }
    }
    for (const std::string& length : lengths) {
      // What the harness has picked stays as it is for longer jobs.
      add(line.cells.upper_bound(std::stod(length))->second, length);
      for (const auto& [other, beside] : lines_) {
        const Cell& one = beside.cells.begin()->second;
        if (one.subject.name() == "sequential" && one.cores == cell.cores &&
            rest_of(*one.workload) == rest_of(*cell.workload)) {
          add(one, length);
        }
      }
    }
  }
  return plan;
}

}  // namespace bench
