// LoadReport: a tally as JSON.
#include "harness/load/report.h"

#include <numeric>

#include "harness/core/percentiles.h"

namespace bench {
namespace {

template <typename Number>
Json seconds(std::optional<Number> nanoseconds) {
  if (!nanoseconds) return nullptr;
  return static_cast<double>(*nanoseconds) * 1e-9;
}

void add_latencies(Json& json, const Histogram& histogram) {
  const bool any = histogram.count() > 0;
  json["count"] = histogram.count();
  json["mean"] = any ? Json(histogram.mean() * 1e-9) : Json();
  for (const Percentile& one : kPercentiles) {
    json[one.name] = seconds(histogram.percentile(one.fraction, one.least));
  }
  json["max"] =
      any ? Json(static_cast<double>(histogram.max()) * 1e-9) : Json();
  // An ordered object looks through all its keys for each that is added; these
  // differ.
  Json::object_t buckets;
  histogram.for_each([&](std::uint64_t lower, std::uint64_t count) {
    buckets.emplace_back(std::to_string(lower), count);
  });
  json["histogram"] = std::move(buckets);
}

Json latencies(const char* from, const std::vector<Histogram>& kinds) {
  Histogram all;
  for (const Histogram& kind : kinds) all.merge(kind);
  Json json{{"from", from}};
  add_latencies(json, all);
  return json;
}

/// Codes and how often they came: {"200": 12}.
Json statuses(const std::map<int, std::uint64_t>& counts) {
  Json json = Json::object();
  for (const auto& [status, count] : counts) {
    json[std::to_string(status)] = count;
  }
  return json;
}

Json failures(const Tally& tally) {
  Json json = Json::object();
  for (std::size_t i = 0; i < kFailures; ++i) {
    json[kFailureNames[i]] = tally.failures[i];
  }
  return json;
}

Json groups(const LoadOrder& order, const std::vector<Histogram>& kinds) {
  Json all = Json::array();
  for (std::size_t i = 0; i < kinds.size() && kinds.size() > 1; ++i) {
    Json& group = all.emplace_back(Json{{"target", order.requests[i].target}});
    add_latencies(group, kinds[i]);
  }
  return all;
}

Json timeline(const LoadOrder& order, const Timeline& timeline) {
  if (timeline.buckets().empty()) return nullptr;
  Json json{{"bucket_seconds", order.timeline_seconds},
            {"count", Json::array()},
            {"p50", Json::array()},
            {"max", Json::array()}};
  for (const Timeline::Bucket& bucket : timeline.buckets()) {
    json["count"].push_back(bucket.count());
    json["p50"].push_back(seconds(bucket.percentile(0.5)));
    json["max"].push_back(
        bucket.count() > 0 ? seconds(std::optional(bucket.max())) : Json());
  }
  return json;
}

}  // namespace

Json load_report(const LoadOrder& order, const Tally& tally, Json server) {
  const bool open = order.rate.has_value();
  const double cpu = static_cast<double>(tally.cpu_ns) * 1e-9;
  Json json{{"seconds", order.seconds}, {"sent", tally.sent}};
  for (std::size_t i = 0; i < kFates; ++i) json[kFateNames[i]] = tally.fates[i];
  json["statuses"] = statuses(tally.statuses);
  json["failures"] = failures(tally);
  json["opened"] = tally.opened;
  json["connect_failed"] = tally.connect_failed;
  json["stale"] = tally.stale;
  const auto ok = static_cast<double>(tally.fates[0]);
  json["requests_per_second"] = ok / order.seconds;
  json["offered_per_second"] =
      open ? Json(static_cast<double>(tally.sent) / order.seconds) : Json();
  json["latency"] = latencies(open ? "intended send" : "send", tally.latency);
  json["failed"] = latencies(open ? "intended send" : "send", {tally.failed});
  json["naive"] = open ? latencies("send", tally.naive) : Json();
  json["groups"] = groups(order, tally.latency);
  json["timeline"] = timeline(order, tally.timeline);
  json["cpu_seconds"] = cpu;
  // Of the busiest thread: what it is late with, others cannot make good.
  json["cpu_share"] =
      static_cast<double>(tally.busiest_ns) * 1e-9 / order.seconds;
  json["threads"] = order.threads;
  json["late_p99_seconds"] =
      open ? seconds(tally.late.percentile(0.99)) : Json();
  json["late_reading_p99_seconds"] =
      seconds(tally.late_reading.percentile(0.99));
  json["little_ratio"] = nullptr;
  const Json& mean = json["latency"]["mean"];
  if (!open && !mean.is_null()) {
    const double rate = json["latency"]["count"].get<double>() / order.seconds;
    json["little_ratio"] = rate * mean.get<double>() / order.connections;
  }
  json["server"] = std::move(server);
  return json;
}

}  // namespace bench
