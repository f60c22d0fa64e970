// Sweep: the way of a repetition from the plan to its record.
#include "harness/sweep.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <optional>

#include "harness/cgroup.h"
#include "harness/companion.h"
#include "harness/entry.h"
#include "harness/repetition.h"
#include "harness/weather.h"

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
  std::optional<Companion> companion;
  try {
    companion.emplace(cell, cpus_for_others(cell));
  } catch (const std::runtime_error& error) {
    return {{"status", "failed"}, {"reason", error.what()}};
  }
  order.surroundings.backend_port = companion->port();
  const Outcome outcome =
      run_isolated({"bench", "__repetition", order.to_text(), "{report}"},
                   inherited, deadline, interruption_, companion->processes());
  if (outcome.kind == Outcome::Kind::interrupted) {
    counts_.interrupted = true;
    return {};
  }
  Json json = result_of(outcome, deadline);
  companion->report(json);
  json["tree_cpu_seconds"] = outcome.usage.cpu_seconds();
  json["isolated_seconds"] = outcome.seconds;
  return json;
}

Json Sweep::result_of(const Outcome& outcome, double deadline) {
  Json json = Json::parse(outcome.report, nullptr, /*allow_exceptions=*/false);
  if (outcome.kind == Outcome::Kind::timed_out || outcome.status != 0 ||
      !json.is_object()) {
    json = {{"status", "failed"}, {"reason", outcome.failure(deadline)}};
  }
  // What a worker said before it died explains more than how it died.
  const std::string said = outcome.last_words();
  if (json.value("status", "ok") != "ok" && !said.empty()) {
    std::string reason = json.at("reason").get<std::string>();
    if (reason.find(said) == std::string::npos) reason += ": " + said;
    json["reason"] = reason;
  }
  return json;
}

Json Sweep::measure(Cell& cell, int round, int order) {
  if (!cell.missing.empty()) {
    return make_entry(cell, request_, round, order,
                      {{"status", "skipped"}, {"reason", cell.missing}}, {});
  }
  const std::vector<int> cpus = cpus_of(cell);
  Weather weather;
  const std::vector<double> probes = spin_probe(cpus);
  for (std::size_t i = 0; i < probes.size(); ++i) {
    double& fastest =
        fastest_probe_.try_emplace(cpus[i], probes[i]).first->second;
    fastest = std::min(fastest, probes[i]);
    weather.spin_probe_seconds =
        std::max(weather.spin_probe_seconds, probes[i]);
    weather.spin_probe_ratio =
        std::max(weather.spin_probe_ratio, probes[i] / fastest);
  }
  weather.load_average = load_average();
  weather.cpus_are_shared = shares_cpus(cell);
  const std::vector<int> watched = cpus_watched(cell);
  const CpuTime before = CpuTime::of(watched);
  const double throttled = cgroup_throttled_seconds();
  const Json result =
      cell.workload->serves()
          ? repeat_requests(cell)
          : repeat(cell, cell.jobs, deadline_of(cell, cell.jobs));
  if (result.empty()) return {};
  const CpuTime after = CpuTime::of(watched);
  weather.steal_seconds = after.stolen - before.stolen;
  weather.throttled_seconds = cgroup_throttled_seconds() - throttled;
  weather.busy_seconds = after.busy - before.busy;
  if (result.at("status") != "ok") ++counts_.failed;
  if (result.contains("wrong")) ++counts_.wrong;
  return make_entry(cell, request_, round, order, result, weather);
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
