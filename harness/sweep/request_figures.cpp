// Figures of requests: from a report to figures, and to doubts about them.
#include "harness/sweep/request_figures.h"

#include <algorithm>
#include <map>

#include "harness/core/log_linear.h"
#include "harness/load/report.h"

namespace bench {
namespace {

constexpr const char* kPercentiles[] = {"p50", "p90", "p99", "p999"};

/// Requests that got no answer, or no right one.
constexpr const char* kErrors[] = {"bad_status", "bad_body", "timed_out",
                                   "reset"};

std::uint64_t count(const Json& report, const char* key) {
  return report.at(key).get<std::uint64_t>();
}

/// "timed_out 1, reset 3, in_flight_at_end 0, connect_failed 0".
std::string troubles(const Json& report) {
  std::string text;
  for (const char* trouble :
       {"timed_out", "reset", "in_flight_at_end", "connect_failed"}) {
    text += (text.empty() ? "" : ", ") + std::string(trouble) + " " +
            std::to_string(count(report, trouble));
  }
  return text;
}

std::string of_all(const Json& report, const char* key) {
  return std::to_string(count(report, key)) + " of " +
         std::to_string(count(report, "sent")) + " answers";
}

/// True if what clients lose is what is measured.
bool harmed(const Json& report) { return !report.at("fault").is_null(); }

/// One that was cut short is wrong as well, but then it is lost.
std::uint64_t wrong_bodies(const Json& report) {
  return harmed(report) ? count(report.at("failures"), "wrong_body")
                        : count(report, "bad_body");
}

/// Why the repetition is worth nothing; "" if it is fine.
std::string failure(const Json& report) {
  if (wrong_bodies(report) > 0) {
    return of_all(report, "bad_body") + " had a wrong body";
  }
  if (count(report, "bad_status") > 0 && !harmed(report)) {
    return of_all(report, "bad_status") + " had a wrong status";
  }
  if (count(report, "ok") == 0) {
    return "none of " + std::to_string(count(report, "sent")) +
           " requests was answered in the window: " + troubles(report);
  }
  if (report.at("server").is_null() && !harmed(report)) {
    return "the server's consumption could not be read";
  }
  return "";
}

/// The same counts in wider buckets: a generator's are a tenth of a per cent
/// wide, which fills a run's files; these are less than one, and figures that
/// are told come from the narrow ones.
Json thinned(const Json& histogram) {
  using Buckets = LogLinear<7, 62>;
  std::map<std::uint64_t, std::uint64_t> counts;
  for (const auto& [bound, count] : histogram.items()) {
    const std::size_t bucket = Buckets::of(std::stoll(bound));
    counts[Buckets::lower(bucket)] += count.get<std::uint64_t>();
  }
  Json json = Json::object();
  for (const auto& [bound, count] : counts) {
    json[std::to_string(bound)] = count;
  }
  return json;
}

Json with_thinned_histograms(Json groups) {
  for (Json& group : groups) group["histogram"] = thinned(group["histogram"]);
  return groups;
}

void add_latency(Json& json, const Json& latency) {
  for (const char* name : kPercentiles) {
    json[std::string("latency_") + name + "_seconds"] = latency.at(name);
  }
  json["latency_mean_seconds"] = latency.at("mean");
  json["latency_from"] = latency.at("from");
  json["latency_note"] = nullptr;
  if (latency.at("p999").is_null()) {
    json["latency_note"] =
        "p90 needs 100 requests, p99 10,000, p99.9 100,000; there were " +
        std::to_string(latency.at("count").get<std::uint64_t>());
  }
}

Json naive_of(const Json& naive) {
  if (naive.is_null()) return nullptr;
  Json json;
  for (const char* name : kPercentiles) json[name] = naive.at(name);
  json["max"] = naive.at("max");
  return json;
}

/// What the server consumed; nothing where its processes come and go.
Json server_of(const Json& report) {
  const Json& server = report.at("server");
  return server.is_null() ? Json::object() : server;
}

Json http_of(const Trial& trial, const Json& report) {
  const Json& naive = report.at("naive");
  const Json server = server_of(report);
  Json json;
  json["offered_per_second"] = report.at("offered_per_second");
  json["capacity_per_second"] =
      trial.capacity > 0 ? Json(trial.capacity) : Json();
  for (const char* key :
       {"sent", "ok", "bad_status", "bad_body", "timed_out", "reset",
        "in_flight_at_end", "opened", "connect_failed", "stale"}) {
    json[key] = report.at(key);
  }
  json["naive"] = naive_of(naive);
  json["max_seconds"] = report.at("latency").at("max");
  json["histogram"] = thinned(report.at("latency").at("histogram"));
  json["naive_histogram"] =
      naive.is_null() ? Json() : thinned(naive.at("histogram"));
  json["groups"] = with_thinned_histograms(report.at("groups"));
  json["timeline"] = report.at("timeline");
  json["generator_cpu_seconds"] = report.at("cpu_seconds");
  json["generator_cpu_share"] = report.at("cpu_share");
  json["generator_threads"] = report.at("threads");
  json["generator_late_p99_seconds"] = report.at("late_p99_seconds");
  json["generator_late_reading_p99_seconds"] =
      report.at("late_reading_p99_seconds");
  json["idle_connections"] = trial.cell->workload->traffic.idle_connections;
  json["fault"] = report.at("fault");
  json["server_processes"] = server.value("processes", Json());
  json["server_threads"] = server.value("threads", Json());
  json["max_process_cpu_seconds"] =
      server.value("max_process_cpu_seconds", Json());
  json["workers"] = nullptr;  // whoever has stopped the server knows
  json["jain"] = nullptr;
  json["peer_version"] = or_null(trial.version);
  return json;
}

/// Several loops share the clients, and one of them has a quarter more to do
/// than its share: the others wait for work.
bool unbalanced(const Cell& cell, const Json& workers) {
  if (cell.subject.model == nullptr || !workers.is_array() ||
      cell.subject.model->serves != ModelInfo::Serves::in_loop) {
    return false;
  }
  double most = 0;
  double sum = 0;
  for (const Json& worker : workers) {
    const double requests = worker.at("requests").get<double>();
    most = std::max(most, requests);
    sum += requests;
  }
  return most * static_cast<double>(workers.size()) > 1.25 * sum;
}

}  // namespace

Json workers_of(const std::vector<WorkerAccount>& account,
                const Json& cpu_by_thread) {
  if (account.empty()) return nullptr;
  Json all = Json::array();
  for (const WorkerAccount& one : account) {
    all.push_back({{"connections", one.connections},
                   {"requests", one.requests},
                   {"cpu_seconds",
                    cpu_by_thread.value(std::to_string(one.thread), Json())}});
  }
  return all;
}

Json jain_of(const Json& workers) {
  if (!workers.is_array()) return nullptr;
  Json indices;
  for (const char* key : {"connections", "requests", "cpu_seconds"}) {
    double sum = 0;
    double squares = 0;
    bool known = true;
    for (const Json& worker : workers) {
      const Json& share = worker.at(key);
      known = known && share.is_number();
      const double x = known ? share.get<double>() : 0;
      sum += x;
      squares += x * x;
    }
    const auto count = static_cast<double>(workers.size());
    indices[key] =
        known && sum > 0 ? Json(sum * sum / (count * squares)) : Json();
  }
  return indices;
}

Json figures_of(const Trial& trial, const Json& report) {
  Json json;
  std::uint64_t errors = 0;
  for (const char* error : kErrors) errors += count(report, error);
  json["errors"] = errors;
  const std::string reason = failure(report);
  if (!reason.empty()) {
    json["status"] = "failed";
    json["reason"] = reason;
    if (wrong_bodies(report) > 0) json["wrong"] = true;
    return json;
  }
  const Json server = server_of(report);
  json["status"] = "ok";
  json["jobs"] = report.at("ok");
  json["work_seconds"] = report.at("seconds");
  for (const char* key : {"cpu_user_seconds", "cpu_system_seconds",
                          "voluntary_switches", "involuntary_switches"}) {
    json[key] = server.value(key, Json());
  }
  json["peak_rss_bytes"] = server.value("rss_bytes", Json());
  json["peak_pss_bytes"] = server.value("pss_bytes", Json());
  json["page_table_bytes"] = server.value("page_table_bytes", Json());
  json["kernel_stack_bytes"] = server.value("kernel_stack_bytes", Json());
  json["processes"] = server.value("processes", Json());
  json["little_ratio"] = report.at("little_ratio");
  add_latency(json, report.at("latency"));
  json["http"] = http_of(trial, report);
  return json;
}

std::vector<std::string> flags_of_requests(const Cell& cell, const Json& http,
                                           double cpu_seconds, double seconds) {
  const auto number = [&](const char* key) {
    return http.at(key).is_number() ? http.at(key).get<double>() : 0;
  };
  std::vector<std::string> flags;
  double busy = cpu_seconds / (cell.busiest_cpus() * seconds);
  if (cell.subject.one_loop) {  // which may be all that it keeps busy
    busy = std::max(busy, number("max_process_cpu_seconds") / seconds);
  }
  const bool open_loop = http.at("offered_per_second").is_number();
  // In an open loop the server is meant to have time left, and the generator is
  // to have some as well: its own queue is in the latencies.
  if (number("generator_cpu_share") > kBusyGenerator &&
      (open_loop || busy < 0.9)) {
    flags.push_back("generator-bound");
  }
  const double late = std::max(number("generator_late_p99_seconds"),
                               number("generator_late_reading_p99_seconds"));
  if (open_loop && late > kLateGenerator) flags.push_back("late");
  if (unbalanced(cell, http.at("workers"))) flags.push_back("unbalanced");
  const bool as_asked = http.at("fault").is_null();  // and not less on purpose
  if (open_loop && as_asked && number("ok") < 0.99 * number("sent")) {
    flags.push_back("rate-missed");
  }
  return flags;
}

}  // namespace bench
