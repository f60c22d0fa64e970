// Probes: one alone, all at once, now and as a rule.
#include "harness/sweep/probes.h"

#include <algorithm>
#include <utility>

#include "harness/posix/clock.h"

namespace bench {
namespace {

/// The least of so many: a neighbour may spoil some of them.
constexpr int kTimes = 5;

void keep_least(std::vector<double>& least, const std::vector<double>& values) {
  if (least.empty()) least = values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    least[i] = std::min(least[i], values[i]);
  }
}

void keep_least(std::optional<double>& least,
                const std::optional<double>& value) {
  if (value) least = std::min(least.value_or(*value), *value);
}

double median(std::vector<double> values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

std::optional<double> Probes::Set::ratio(
    const std::vector<double>& busy) const {
  if (alone.size() < 2 || busy.size() != alone.size()) return std::nullopt;
  double most = 0;
  for (std::size_t i = 0; i < busy.size(); ++i) {
    most = std::max(most, busy[i] / alone[i]);
  }
  return most;
}

std::optional<ProbeResult> Probes::Set::probe_all() {
  std::optional<ProbeResult> found = probe(kind, cpus);
  if (!found) return found;
  slowest.push_back(
      *std::max_element(found->seconds.begin(), found->seconds.end()));
  return found;
}

std::optional<ProbeResult> Probes::Set::probe_unless_fresh() {
  constexpr std::int64_t kFresh = 3'000'000;
  if (last && now_ns() - looked_at < kFresh) return last;
  last = probe_all();
  looked_at = now_ns();
  return last;
}

std::optional<ProbeKind> Probes::kind_of(const Computing& computing, int cpu) {
  ProbeKind wanted = kRoots;
  if (computing.run != nullptr) {
    wanted =
        computing.quick ? ProbeKind{computing.name, computing.run} : kChain;
  }
  for (const ProbeKind& kind : kinds_) {
    if (kind.name == wanted.name) return kind;
  }
  const std::optional<ProbeKind> found = sized(wanted, cpu);
  if (found) kinds_.push_back(*found);
  return found;
}

Probes::Set* Probes::known(const Computing& computing,
                           const std::vector<int>& cpus) {
  const std::optional<ProbeKind> kind = kind_of(computing, cpus.front());
  if (!kind) return nullptr;
  for (Set& set : sets_) {
    if (set.kind.name == kind->name && set.cpus == cpus) return &set;
  }
  Set set{*kind, cpus};
  for (int time = 0; time < kTimes; ++time) {
    const std::optional<ProbeResult> all = set.probe_all();
    if (!all) return nullptr;
    keep_least(set.together, all->cpu_seconds);
    keep_least(set.round_trip, all->round_trip);
    std::vector<double> apart;
    for (const int cpu : cpus) {
      const auto one = cpus.size() > 1 ? probe(*kind, {cpu}) : all;
      if (!one) return nullptr;
      apart.push_back(one->cpu_seconds.front());
    }
    keep_least(set.alone, apart);
  }
  return &sets_.emplace_back(std::move(set));
}

void Probes::get_to_know(const Computing& computing,
                         const std::vector<int>& cpus) {
  known(computing, cpus);
}

void Probes::look(const Computing& computing, const std::vector<int>& cpus,
                  Weather& weather) {
  Set* set = known(computing, cpus);
  if (set == nullptr) return;
  const std::optional<ProbeResult> found = set->probe_unless_fresh();
  if (!found) return;
  const double slowest = set->slowest.back();
  weather.probe_kind = set->kind.name;
  weather.spin_probe_seconds =
      std::max(weather.spin_probe_seconds.value_or(0), slowest);
  weather.spin_probe_ratio =
      std::max(weather.spin_probe_ratio, slowest / median(set->slowest));
  keep_least(weather.together_ratio, set->ratio(found->cpu_seconds));
  keep_least(weather.round_trip_seconds, found->round_trip);
}

Json Probes::describe() const {
  Json all = Json::array();
  for (const Set& set : sets_) {
    all.push_back({{"kind", set.kind.name},
                   {"cpus", set.cpus},
                   {"alone_seconds", set.alone},
                   {"together_seconds", set.together},
                   {"together_ratio", or_null(set.ratio(set.together))},
                   {"round_trip_seconds", or_null(set.round_trip)}});
  }
  return all;
}

}  // namespace bench
