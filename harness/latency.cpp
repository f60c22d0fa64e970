// Latency: sorted, nearest rank.
#include "harness/latency.h"

#include <algorithm>
#include <cmath>
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
  json["latency_from"] = "job begun";
}

}  // namespace bench
