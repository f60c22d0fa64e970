// Capacities: medians, and rates that are made of them.
#include "harness/sweep/capacities.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace bench {
namespace {

/// A generator that is busy itself would measure its own queue.
constexpr double kOfGenerator = 0.6;

/// Rounded to two digits: a rate that people can say.
double two_digits(double value) {
  if (value <= 0) return 0;
  const double unit = std::pow(10, std::floor(std::log10(value)) - 1);
  return std::round(value / unit) * unit;
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half]
                                : (values[half - 1] + values[half]) / 2;
}

}  // namespace

void Capacities::learn(const Cell& cell, const Json& entry) {
  if (cell.workload->traffic.open_loop() || entry.at("status") != "ok") return;
  const double rate = entry.at("jobs_per_second").get<double>();
  const double busy = entry.at("http").at("generator_cpu_share").get<double>();
  Reached& reached = reached_[cell.name_of_server()];
  reached.rates.push_back(rate);
  reached.generators.push_back(rate / std::max(busy, 1e-3));
}

std::optional<double> Capacities::of(const Cell& cell) const {
  const auto found = reached_.find(cell.name_of_server());
  if (found == reached_.end()) return std::nullopt;
  return median_of(found->second.rates);
}

double Capacities::common_rate(const Plan& plan, const Cell& cell,
                               std::vector<double> pilots) const {
  const Traffic& traffic = cell.workload->traffic;
  std::vector<double> capacities;
  double generators = std::numeric_limits<double>::infinity();
  for (const Cell& other : plan.cells) {
    const auto found = reached_.find(other.name_of_server());
    if (found == reached_.end() || other.control ||
        other.subject.model == nullptr || other.cores != cell.cores ||
        other.size.in_flight != cell.size.in_flight ||
        other.workload->traffic.open_loop() ||
        other.workload->scenario != cell.workload->scenario ||
        other.workload->work() != cell.workload->work()) {
      continue;
    }
    capacities.push_back(median_of(found->second.rates));
    generators = std::min(generators, median_of(found->second.generators));
  }
  if (capacities.empty()) capacities = std::move(pilots);
  if (capacities.empty()) return 0;
  const double capacity =
      traffic.of == Traffic::Of::least
          ? *std::min_element(capacities.begin(), capacities.end())
          : median_of(capacities);
  return two_digits(
      std::min(capacity * traffic.share / 100, kOfGenerator * generators));
}

double eased(double rate, double share) {
  if (share <= kOfGenerator) return rate;
  constexpr double kWanted = 0.55;
  return two_digits(rate * std::pow(kWanted / share, 2));
}

}  // namespace bench
