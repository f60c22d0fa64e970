// Latency: sorted, nearest rank.
#include "harness/latency.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

namespace bench {
namespace {

struct Percentile {
  const char* name;
  double fraction;
  std::size_t least_samples;
};

constexpr Percentile kPercentiles[] = {
    {"latency_p50_seconds", 0.5, 1},
    {"latency_p90_seconds", 0.9, 100},
    {"latency_p99_seconds", 0.99, 10'000},
    {"latency_p999_seconds", 0.999, 100'000},
};

}  // namespace

void add_latency(Json& json, const SharedArray<Record>& records) {
  std::vector<std::int64_t> spans;
  spans.reserve(records.size());
  for (const Record& record : records) {
    spans.push_back(record.finished - record.begun);
  }
  std::sort(spans.begin(), spans.end());
  json["latency_note"] = nullptr;
  for (const Percentile& percentile : kPercentiles) {
    json[percentile.name] = nullptr;
    if (spans.size() >= percentile.least_samples) {
      // Nearest rank: the smallest sample with at least this share below or
      // at it. [ISO 3534-1, sample quantile]
      const auto rank = static_cast<std::size_t>(
          std::ceil(percentile.fraction * static_cast<double>(spans.size())));
      json[percentile.name] = static_cast<double>(spans[rank - 1]) * 1e-9;
    } else {
      json["latency_note"] =
          "p90 needs 100 jobs, p99 10,000, p99.9 100,000; there were " +
          std::to_string(spans.size());
    }
  }
  const double sum = std::accumulate(spans.begin(), spans.end(), 0.0);
  json["latency_mean_seconds"] = nullptr;
  if (!spans.empty()) {
    json["latency_mean_seconds"] =
        sum * 1e-9 / static_cast<double>(spans.size());
  }
  // A job is admitted when it is begun: from then on it is in flight.
  json["latency_from"] = "admission";
}

void add_littles_law(Json& json, const SharedArray<Record>& records,
                     std::uint32_t in_flight) {
  // While some are still to come, each job that begins takes the place of one
  // that has finished. At the end the places empty: that is not counted.
  constexpr std::size_t kLeastTurns = 5;
  json["little_ratio"] = nullptr;
  if (records.size() < kLeastTurns * in_flight) return;
  std::vector<std::pair<std::int64_t, std::int64_t>> jobs;
  jobs.reserve(records.size());
  for (const Record& record : records) {
    jobs.emplace_back(record.begun, record.finished - record.begun);
  }
  std::sort(jobs.begin(), jobs.end());
  const auto first = jobs.begin() + in_flight - 1;
  const auto last = jobs.end() - 1;
  if (last->first <= first->first) return;
  double waited = 0;
  for (auto job = first; job != last; ++job) {
    waited += static_cast<double>(job->second);
  }
  // rate x mean latency = n / span x (waited / n)
  json["little_ratio"] =
      waited / static_cast<double>(last->first - first->first) / in_flight;
}

}  // namespace bench
