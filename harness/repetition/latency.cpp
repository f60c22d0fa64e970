// Latency: admitted, sorted, nearest rank.
#include "harness/repetition/latency.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "harness/core/percentiles.h"

namespace bench {
namespace {

/// One job, as latency sees it; nanoseconds.
struct Span {
  std::int64_t begun;
  std::int64_t finished;
  std::int64_t admitted;
};

/// The jobs in the order of their begins, and their ends in order.
struct Course {
  std::vector<Span> spans;
  std::vector<std::int64_t> ends;
};

Course course_of(const SharedArray<Record>& records, std::uint32_t places,
                 std::int64_t opened) {
  Course course;
  auto& [spans, ends] = course;
  spans.reserve(records.size());
  ends.reserve(records.size());
  for (const Record& record : records) {
    spans.push_back({record.begun, record.finished, opened});
    ends.push_back(record.finished);
  }
  std::sort(ends.begin(), ends.end());
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.begun < b.begun; });
  for (std::size_t k = places; k < spans.size(); ++k) {
    spans[k].admitted = std::min(ends[k - places], spans[k].begun);
  }
  return course;
}

Json littles_ratio(const std::vector<Span>& spans, std::uint32_t places) {
  // While some are still to come, each job that begins takes the place of one
  // that has finished. At the end the places empty: that is not counted.
  constexpr std::size_t kLeastTurns = 5;
  if (spans.size() < kLeastTurns * places) return nullptr;
  const auto first = spans.begin() + places;
  const auto last = spans.end() - 1;
  const std::int64_t span = last->admitted - first->admitted;
  if (span <= 0) return nullptr;
  double waited = 0;
  for (auto job = first; job != last; ++job) {
    waited += static_cast<double>(job->finished - job->admitted);
  }
  // rate x mean latency = n / span x (waited / n)
  return waited / static_cast<double>(span) / places;
}

/// The most jobs that were begun and not finished at the same time.
std::size_t peak_of(const Course& course) {
  const auto& [spans, ends] = course;
  std::size_t over = 0;
  std::size_t peak = 0;
  for (std::size_t begun = 0; begun < spans.size(); ++begun) {
    while (ends[over] <= spans[begun].begun) ++over;
    peak = std::max(peak, begun + 1 - over);
  }
  return peak;
}

}  // namespace

void add_latency(Json& json, const SharedArray<Record>& records,
                 std::uint32_t places, std::int64_t opened) {
  const Course course = course_of(records, places, opened);
  const std::vector<Span>& spans = course.spans;
  std::vector<std::int64_t> latencies;
  latencies.reserve(spans.size());
  double begun = 0;  // nanoseconds, of all jobs from begin to end
  for (const Span& span : spans) {
    latencies.push_back(span.finished - span.admitted);
    begun += static_cast<double>(span.finished - span.begun);
  }
  auto from = latencies.begin();  // each percentile is above the one before
  json["latency_note"] = nullptr;
  for (const Percentile& one : kPercentiles) {
    Json& figure = json["latency_" + std::string(one.name) + "_seconds"];
    figure = nullptr;
    if (latencies.size() >= one.least) {
      const auto place =
          latencies.begin() +
          static_cast<std::ptrdiff_t>(rank_of(one.fraction, latencies.size())) -
          1;
      std::nth_element(from, place, latencies.end());
      figure = static_cast<double>(*place) * 1e-9;
      from = place;
    } else {
      json["latency_note"] =
          "p90 needs 100 jobs, p99 10,000, p99.9 100,000; there were " +
          std::to_string(latencies.size());
    }
  }
  json["latency_mean_seconds"] = nullptr;
  json["in_flight_mean"] = nullptr;
  json["in_flight_peak"] = peak_of(course);
  json["latency_from"] = "admission";
  json["little_ratio"] = littles_ratio(spans, places);
  if (spans.empty()) return;
  const double sum = std::accumulate(latencies.begin(), latencies.end(), 0.0);
  json["latency_mean_seconds"] =
      sum * 1e-9 / static_cast<double>(latencies.size());
  std::int64_t last = opened;
  for (const Span& span : spans) last = std::max(last, span.finished);
  if (last > opened) {
    json["in_flight_mean"] = begun / static_cast<double>(last - opened);
  }
}

}  // namespace bench
