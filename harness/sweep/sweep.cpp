// Sweep: the way of a repetition from the plan to its record.
#include "harness/sweep/sweep.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/posix/errno_name.h"
#include "harness/repetition/repetition.h"
#include "harness/repetition/verify.h"
#include "harness/sweep/companion.h"
#include "harness/system/cgroup.h"
#include "harness/system/weather.h"

namespace bench {
namespace {

/// Google Benchmark wants a reporter; records are written elsewhere.
class Silence : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

}  // namespace

Sweep::Sweep(Plan& plan, const Request& request, const Cpus& cpus,
             Interruption& interruption, Progress& progress)
    : plan_(plan),
      request_(request),
      cpus_(cpus),
      interruption_(interruption),
      progress_(progress) {}

std::vector<int> Sweep::cpus_of(const Cell& cell) const {
  return {cpus_.ids.begin(), cpus_.ids.begin() + cell.cores};
}

std::vector<int> Sweep::cpus_for_others(const Cell& cell) const {
  std::vector<int> rest(cpus_.ids.begin() + cell.cores, cpus_.ids.end());
  return rest.empty() ? cpus_.ids : rest;
}

std::vector<int> Sweep::cpus_watched(const Cell& cell) const {
  // Who disturbs a backend or a load generator disturbs the model.
  const bool alone = !cell.workload->needs.backend && !cell.workload->serves();
  return alone ? cpus_of(cell) : cpus_.ids;
}

bool Sweep::shares_cpus(const Cell& cell) const {
  return (cell.workload->needs.backend || cell.workload->serves()) &&
         static_cast<std::size_t>(cell.cores) == cpus_.ids.size();
}

Json Sweep::failed(const std::string& reason) {
  return {{"status", "failed"}, {"reason", reason}};
}

Json Sweep::attempt(const std::function<Json()>& repetition) {
  try {
    return repetition();
  } catch (const std::exception& error) {
    return failed(reason_of(error));
  }
}

Json Sweep::repeat(const Cell& cell, std::size_t jobs, double deadline) {
  Order order;
  order.scenario = cell.workload->scenario->id;
  order.parameters = cell.workload->parameters;
  order.seed = request_.seed;
  if (cell.model != nullptr) order.model = cell.model->name();
  if (cell.primitive != nullptr) order.primitive = cell.primitive->id;
  order.model_parameters = cell.model_parameters;
  order.cpus = cpus_of(cell);
  order.workers = cell.size.workers;
  order.in_flight = cell.size.in_flight;
  order.places = cell.limit.value_or(cell.size.in_flight);
  order.surroundings.file = cell.workload->file;
  order.jobs = jobs;
  order.min_seconds = request_.warmup;
  order.answers = cell.workload->answers;

  std::vector<int> inherited;
  for (const int fd : {order.answers, order.surroundings.file}) {
    if (fd >= 0) inherited.push_back(fd);
  }
  const Companion companion(cell, cpus_for_others(cell));
  order.surroundings.backend_port = companion.port();
  const Outcome outcome =
      run_isolated({"bench", "__repetition", to_text(order), "{report}"},
                   inherited, deadline, interruption_, companion.processes());
  if (outcome.kind == Outcome::Kind::interrupted) {
    counts_.interrupted = true;
    return {};
  }
  Json json = result_of(outcome, deadline);
  companion.report(json);
  json["tree_cpu_seconds"] = outcome.usage.cpu_seconds();
  json["isolated_seconds"] = outcome.seconds;
  return json;
}

std::string failure_of(const Outcome& outcome, double deadline_seconds) {
  if (outcome.kind == Outcome::Kind::timed_out) {
    return "did not end within " +
           shortest(std::round(deadline_seconds * 10) / 10) + " s (--deadline)";
  }
  return "the process " + describe_wait_status(outcome.status);
}

Json Sweep::result_of(const Outcome& outcome, double deadline) {
  Json json = Json::parse(outcome.report, nullptr, /*allow_exceptions=*/false);
  if (outcome.kind == Outcome::Kind::timed_out || outcome.status != 0 ||
      !json.is_object()) {
    json = failed(failure_of(outcome, deadline));
  }
  if (json.value("status", "ok") != "ok") {
    json["reason"] = outcome.explained(json.at("reason").get<std::string>());
  }
  return json;
}

Json Sweep::measure(Cell& cell, int round, int order) {
  if (!cell.missing.empty()) {
    return make_entry(cell, request_, round, order,
                      {{"status", "skipped"}, {"reason", cell.missing}}, {});
  }
  Weather weather;
  const Json result = attempt([&] { return measure(cell, weather); });
  if (result.empty()) return {};
  if (result.at("status") != "ok") ++counts_.failed;
  if (result.contains("wrong")) ++counts_.wrong;
  return make_entry(cell, request_, round, order, result, weather);
}

Json Sweep::measure(const Cell& cell, Weather& weather) {
  if (!cell.workload->trouble.empty()) return failed(cell.workload->trouble);
  const std::vector<int> cpus = cpus_of(cell);
  const std::vector<double> probes = spin_probe(cpus);
  for (std::size_t i = 0; i < probes.size(); ++i) {
    double& fastest =
        fastest_probe_.try_emplace(cpus[i], probes[i]).first->second;
    fastest = std::min(fastest, probes[i]);
    weather.spin_probe_seconds =
        std::max(weather.spin_probe_seconds.value_or(0), probes[i]);
    weather.spin_probe_ratio =
        std::max(weather.spin_probe_ratio, probes[i] / fastest);
  }
  weather.load_average = load_average();
  weather.cpus_are_shared = shares_cpus(cell);
  const std::vector<int> watched = cpus_watched(cell);
  const std::optional<CpuTime> before = CpuTime::of(watched);
  const std::optional<double> throttled = cgroup_throttled_seconds();
  Json result = cell.workload->serves()
                    ? repeat_requests(cell)
                    : repeat(cell, cell.jobs, deadline_of(cell, cell.jobs));
  const std::optional<CpuTime> after = CpuTime::of(watched);
  if (before && after) {
    weather.steal_seconds = after->stolen - before->stolen;
    weather.busy_seconds = after->busy - before->busy;
  }
  const std::optional<double> throttled_now = cgroup_throttled_seconds();
  if (throttled && throttled_now) {
    weather.throttled_seconds = *throttled_now - *throttled;
  }
  return result;
}

void Sweep::run(RecordFile& file) {
  double ahead = 0;
  for (const Cell& cell : plan_.cells) {
    ahead += request_.repetitions * (cell.predicted_seconds);
  }
  progress_.expect(ahead);
  int order = 0;
  Silence silence;
  for (int round = 0; round < request_.repetitions; ++round) {
    for (const std::size_t index :
         order_of_round(plan_.cells.size(), request_.seed, round)) {
      Cell& cell = plan_.cells[index];
      const auto body = [&, round](benchmark::State& state) {
        progress_.show("round " + std::to_string(round + 1) + " of " +
                           std::to_string(request_.repetitions) + " · " +
                           cell.name(),
                       ahead);
        run_once(cell, round, order++, file, state);
        ahead -= cell.predicted_seconds;
      };
      // Manual time, and one pass over all jobs: Google Benchmark then
      // divides by their number. Never Threads(n), which would divide again.
      benchmark::RegisterBenchmark(cell.name().c_str(), body)
          ->Iterations(
              static_cast<std::int64_t>(std::max<std::size_t>(1, cell.jobs)))
          ->UseManualTime();
    }
  }
  benchmark::RunSpecifiedBenchmarks(&silence, ".");
}

void Sweep::run_once(Cell& cell, int round, int order, RecordFile& file,
                     benchmark::State& state) {
  if (counts_.interrupted || interruption_.requested()) {
    counts_.interrupted = true;
    state.SkipWithError("interrupted");
    return;
  }
  const Json entry = measure(cell, round, order);
  if (entry.empty()) {
    state.SkipWithError("interrupted");
    return;
  }
  file.append(entry);
  ++cell.repetitions;
  ++counts_.measured;
  if (entry.at("status") != "ok") {
    state.SkipWithError(entry.at("reason").get<std::string>().c_str());
    return;
  }
  while (state.KeepRunningBatch(state.max_iterations)) {
    state.SetIterationTime(entry.at("work_seconds").get<double>());
  }
  state.counters["jobs_per_second"] = entry.at("jobs_per_second").get<double>();
  state.counters["cpu_ns_per_job"] = entry.at("cpu_time").get<double>();
}

}  // namespace bench
