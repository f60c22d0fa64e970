// Entry: identity, figures, flags.
#include "harness/sweep/entry.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "harness/sweep/null_because.h"
#include "harness/sweep/request_figures.h"
#include "harness/system/build_info.h"

namespace bench {
namespace {

/// What a failed repetition does not have, and what a debug or sanitizer
/// build would falsify.
constexpr const char* kFigures[] = {"real_time",
                                    "cpu_time",
                                    "jobs",
                                    "jobs_per_second",
                                    "start_seconds",
                                    "work_seconds",
                                    "teardown_seconds",
                                    "cpu_user_seconds",
                                    "cpu_system_seconds",
                                    "voluntary_switches",
                                    "involuntary_switches",
                                    "minor_faults",
                                    "major_faults",
                                    "peak_rss_bytes",
                                    "peak_pss_bytes",
                                    "page_table_bytes",
                                    "kernel_stack_bytes",
                                    "latency_p50_seconds",
                                    "latency_p90_seconds",
                                    "latency_p99_seconds",
                                    "latency_p999_seconds",
                                    "latency_mean_seconds",
                                    "latency_from",
                                    "latency_note",
                                    "jobs_per_worker",
                                    "digest",
                                    "processes",
                                    "record_bytes",
                                    "little_ratio",
                                    "in_flight_mean",
                                    "in_flight_peak",
                                    "job_end_seconds",
                                    "backend_cpu_seconds",
                                    "backend_cpu_share",
                                    "backend_processes",
                                    "backend_connections",
                                    "backend_late_p99_seconds",
                                    "http"};

/// /proc/stat counts ticks of 10 ms, on each CPU for itself; seconds.
constexpr double kGrain = 0.02;

double number(const Json& entry, const char* key) {
  const Json& value = entry.at(key);
  return value.is_number() ? value.get<double>() : 0;
}

double cpu_seconds(const Json& entry) {
  return number(entry, "cpu_user_seconds") +
         number(entry, "cpu_system_seconds");
}

void add_rates(Json& entry) {
  const double jobs = std::max(1.0, number(entry, "jobs"));
  const double wall = std::max(1e-9, number(entry, "work_seconds"));
  entry["jobs_per_second"] = jobs / wall;
  entry["real_time"] = wall / jobs * 1e9;
  if (entry.at("cpu_user_seconds").is_number()) {
    entry["cpu_time"] = cpu_seconds(entry) / jobs * 1e9;
  }
}

/// What makes a figure of jobs that wait doubtful.
void add_flags_of_waiting(std::vector<std::string>& flags, const Json& entry,
                          const Cell& cell, const Weather& weather) {
  const double little = number(entry, "little_ratio");
  if (little > 0 && std::abs(little - 1) > 0.05) flags.push_back("little");
  if (weather.cores_are_shared) flags.push_back("cpu-shared");
  const double wall = number(entry, "work_seconds");
  if (wall <= 0) return;  // it failed
  if (entry.at("http").is_object()) {
    for (const std::string& flag :
         flags_of_requests(cell, entry.at("http"), cpu_seconds(entry), wall)) {
      flags.push_back(flag);
    }
  }
  if (!cell.workload->needs.backend) return;
  // A process of the backend that is busy itself limits what it serves. So may
  // the whole backend, if it takes more than one CPU of three.
  const double own = cpu_seconds(entry) / (cell.busiest_cpus() * wall);
  const bool busy = number(entry, "backend_cpu_share") > 0.8;
  const bool large =
      number(entry, "backend_cpu_seconds") > wall * cell.cores / 2;
  if ((busy || large) && own < 0.9) flags.push_back("backend-bound");
  const double late = number(entry, "backend_late_p99_seconds");
  if (late > std::max(1e-3, 0.1 * cell.workload->demand.wait)) {
    flags.push_back("backend-late");
  }
}

/// True if neither computing nor waiting explains how long a batch took: it was
/// stopped, or the machine was. Hand-overs may take twice their CPU time.
bool suspended(const Json& entry, const Cell& cell) {
  if (cell.workload->serves()) return false;
  constexpr double kFar = 3;
  constexpr double kLeast = 0.2;  // seconds
  const double turns = number(entry, "jobs") / cell.size.in_flight;
  const double explained =
      cpu_seconds(entry) + turns * cell.workload->demand.wait;
  return number(entry, "work_seconds") > kFar * explained + kLeast;
}

/// What is wrong with CPUs that are used together. [docs/method.md, Weather]
void add_flags_of_cpus(std::vector<std::string>& flags,
                       const Weather& weather) {
  constexpr double kAlmostTwice = 1.5;
  constexpr double kFar = 250e-9;  // seconds
  if (weather.together_ratio.value_or(1) > kAlmostTwice) {
    flags.push_back("cores-not-independent");
  }
  if (weather.round_trip_seconds.value_or(0) > kFar) {
    flags.push_back("far-apart");
  }
}

std::vector<std::string> flags_of(const Json& entry, const Trial& trial,
                                  const Weather& weather) {
  const Cell& cell = *trial.cell;
  std::vector<std::string> flags = trial.flags;
  if (weather.spin_probe_ratio > 1.1) flags.push_back("probe-slow");
  if (cell.busiest_cpus() > 1) add_flags_of_cpus(flags, weather);
  if (static_cast<int>(cell.size.workers) > cell.cores &&
      !cell.workload->waits() && cell.workload->demand.readers == 0 &&
      !cell.workload->serves()) {
    flags.push_back("oversubscribed");
  }
  const double span = number(entry, "isolated_seconds");
  if (weather.steal_seconds.value_or(0) >
      std::max(0.01 * cell.cores * span, kGrain)) {
    flags.push_back("stolen");
  }
  if (weather.throttled_seconds.value_or(0) > 0.01 * span)
    flags.push_back("throttled");
  if (suspended(entry, cell)) flags.push_back("suspended");
  if (number(entry, "others_cpu_seconds") >
      std::max(0.05 * cell.cores * span, 2 * kGrain)) {
    flags.push_back("neighbours");
  }
  // CPU time is read when run() has returned, so teardown belongs to its wall
  // time. A primitive's CPU time has its start-up in it: no comparison. Two
  // milliseconds are the grain of the kernel's accounting.
  const double wall = number(entry, "work_seconds");
  const double around = number(entry, "teardown_seconds");
  if (cell.subject.model != nullptr &&
      cpu_seconds(entry) > 1.05 * cell.cores * (wall + around) + 2e-3) {
    flags.push_back("cpu-exceeds-wall");
  }
  add_flags_of_waiting(flags, entry, cell, weather);
  return flags;
}

void take_figures_away(Json& entry, const std::string& reason) {
  for (const char* key : kFigures) entry[key] = nullptr;
  entry["reason"] = reason;
  entry["error_occurred"] = true;
  entry["error_message"] = reason;
}

}  // namespace

std::string disturbance_of(const Json& entry) {
  if (entry.at("status") != "ok") return "";
  for (const char* sign : {"stolen", "throttled", "neighbours", "probe-slow",
                           "suspended", "late"}) {
    const Json& flags = entry.at("flags");
    if (std::find(flags.begin(), flags.end(), sign) != flags.end()) return sign;
  }
  return "";
}

void set_aside(Json& entry, const std::string& sign) {
  const std::string reason = "measured again: " + sign;
  entry["status"] = "disturbed";
  entry["reason"] = reason;
  entry["error_occurred"] = true;
  entry["error_message"] = reason;
}

Json make_entry(const Trial& trial, const Request& request, int round,
                int place, const Json& result, const Weather& weather) {
  Json entry = identity_of(trial);
  entry["run_type"] = "iteration";
  entry["repetitions"] = request.repetitions;
  entry["repetition_index"] = trial.repetitions;
  entry["threads"] = 1;
  entry["iterations"] = trial.cell->workload->serves()
                            ? result.value("jobs", Json())
                            : Json(trial.jobs);
  entry["time_unit"] = "ns";
  entry["status"] = result.at("status");
  entry["reason"] = nullptr;
  entry["errors"] = result.value("errors", Json());
  entry["errnos"] = result.value("errnos", Json());
  for (const char* key : kFigures) entry[key] = result.value(key, Json());
  entry["null_because"] = Json::object();
  entry["flags"] = Json::array();
  entry["round"] = round;
  entry["order"] = place;
  entry["spin_probe_seconds"] = or_null(weather.spin_probe_seconds);
  entry["probe_kind"] = or_null(weather.probe_kind);
  entry["together_ratio"] = or_null(weather.together_ratio);
  entry["round_trip_seconds"] = or_null(weather.round_trip_seconds);
  entry["throttled_seconds"] = or_null(weather.throttled_seconds);
  entry["steal_seconds"] = or_null(weather.steal_seconds);
  entry["load_average"] = or_null(weather.load_average);
  entry["tree_cpu_seconds"] = result.value("tree_cpu_seconds", Json());
  entry["isolated_seconds"] = result.value("isolated_seconds", Json());
  // What was busy on the CPUs and is neither the model nor what it needs.
  entry["others_cpu_seconds"] = nullptr;
  if (weather.busy_seconds && entry.at("tree_cpu_seconds").is_number()) {
    const double ours = number(entry, "tree_cpu_seconds") +
                        number(entry, "backend_cpu_seconds");
    entry["others_cpu_seconds"] = std::max(0.0, *weather.busy_seconds - ours);
  }
  entry["flags"] = flags_of(entry, trial, weather);
  if (entry.at("status") != "ok") {
    take_figures_away(entry, result.at("reason").get<std::string>());
  } else if (!build_is_release()) {
    entry["status"] = "skipped";
    take_figures_away(entry, std::string("verified, not timed: this is a ") +
                                 build_type() + " build");
  } else {
    add_rates(entry);
    entry["null_because"] = null_because(entry, *trial.cell);
  }
  return entry;
}

}  // namespace bench
