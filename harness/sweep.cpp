// Sweep: the way of a repetition from the plan to its record.
#include "harness/sweep.h"

#include <benchmark/benchmark.h>
#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "harness/answers.h"
#include "harness/cgroup.h"
#include "harness/entry.h"
#include "harness/posix/child.h"
#include "harness/repetition.h"
#include "harness/weather.h"

namespace bench {
namespace {

/// What starting a process and looking around costs, for predictions.
constexpr double kStartSeconds = 0.05;

/// The end of what a process said, at most 200 characters of its last line.
std::string last_line(std::string text) {
  constexpr std::size_t kMost = 200;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t border = text.find_last_of('\n');
  if (border != std::string::npos) text.erase(0, border + 1);
  if (text.size() > kMost) text = text.substr(0, kMost - 3) + "...";
  return text;
}

/// What went wrong with a process that left no report.
std::string failure(const Outcome& outcome, double deadline) {
  if (outcome.kind == Outcome::Kind::timed_out) {
    return "did not end within " + shortest(std::round(deadline * 10) / 10) +
           " s (--deadline)";
  }
  return "the process " + describe_wait_status(outcome.status);
}

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

double Sweep::deadline_of(const Cell& cell, std::size_t jobs) const {
  if (request_.deadline > 0) return request_.deadline;
  const double work = static_cast<double>(jobs) * cell.workload->length.seconds;
  return 10 + 10 * std::max({cell.predicted_seconds, request_.duration, work});
}

/// Runs `verb` of this binary for the workload, in a process of its own, so
/// that it can be interrupted. False if it was.
bool Sweep::prepare(const char* verb, const Workload& workload,
                    std::string* report) {
  Order order;
  order.scenario = workload.scenario->id;
  order.parameters = workload.parameters;
  order.seed = request_.seed;
  order.cpus = cpus_.ids;
  order.workers = static_cast<std::uint32_t>(cpus_.effective_cores());
  order.jobs = workload.jobs;
  order.answers = workload.answers;
  std::vector<int> inherited;
  if (order.answers >= 0) inherited.push_back(order.answers);
  constexpr double kNoDeadline = 1e9;
  const Outcome outcome =
      run_isolated({"bench", verb, order.to_text(), "{report}"}, inherited,
                   kNoDeadline, interruption_);
  if (outcome.kind == Outcome::Kind::interrupted) {
    counts_.interrupted = true;
    return false;
  }
  if (outcome.status != 0) {
    throw std::runtime_error("preparing " + order.scenario + ": " +
                             failure(outcome, kNoDeadline) + ": " +
                             last_line(outcome.output));
  }
  if (report != nullptr) *report = outcome.report;
  return true;
}

std::size_t Sweep::jobs_for(const Workload& workload, double seconds) const {
  const std::size_t period = workload.length.period;
  const double periods =
      seconds / workload.length.seconds / static_cast<double>(period);
  return period * static_cast<std::size_t>(std::max(1.0, std::round(periods)));
}

Json Sweep::calibrate() {
  Json found = Json::array();
  for (Workload& workload : plan_.workloads) {
    progress_.show("calibrating " + workload.scenario->id, 0);
    std::string report;
    if (!prepare("__calibrate", workload, &report)) return found;
    const Json json = Json::parse(report);
    for (const auto& [name, value] : json.at("parameters").items()) {
      workload.parameters.set(name, value);
    }
    json.at("seconds").get_to(workload.length.seconds);
    json.at("period").get_to(workload.length.period);
    if (workload.native()) continue;
    const double least = 8 * workload.length.seconds;
    workload.jobs =
        request_.jobs > 0
            ? request_.jobs
            : jobs_for(workload, std::max(request_.duration, least));
    answers_.push_back(Answers::room_for(workload.jobs));
    workload.answers = answers_.back().get();
    progress_.show("finding the right answers of " + workload.scenario->id, 0);
    if (!prepare("__oracle", workload, nullptr)) return found;
    Json one = to_json(workload.scenario->parameters, workload.parameters);
    one["scenario"] = workload.scenario->id;
    one["seconds"] = workload.length.seconds;
    one["jobs"] = workload.jobs;
    found.push_back(one);
  }
  return found;
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
  order.workers = cell.workers;
  order.jobs = jobs;
  order.min_seconds = request_.warmup;
  order.answers = cell.workload->answers;

  std::vector<int> inherited;
  if (order.answers >= 0) inherited.push_back(order.answers);
  const Outcome outcome =
      run_isolated({"bench", "__repetition", order.to_text(), "{report}"},
                   inherited, deadline, interruption_);
  if (outcome.kind == Outcome::Kind::interrupted) {
    counts_.interrupted = true;
    return {};
  }
  Json json = Json::parse(outcome.report, nullptr, /*allow_exceptions=*/false);
  if (outcome.kind == Outcome::Kind::timed_out || outcome.status != 0 ||
      !json.is_object()) {
    json = {{"status", "failed"}, {"reason", failure(outcome, deadline)}};
  }
  // What a worker said before it died explains more than how it died.
  const std::string said = last_line(outcome.output);
  if (json.at("status") != "ok" && !said.empty()) {
    std::string reason = json.at("reason").get<std::string>();
    if (reason.find(said) == std::string::npos) reason += ": " + said;
    json["reason"] = reason;
  }
  json["tree_cpu_seconds"] = outcome.usage.cpu_seconds();
  json["isolated_seconds"] = outcome.seconds;
  return json;
}

void Sweep::size_by_pilot(Cell& cell, const Json& pilot) {
  const Workload& workload = *cell.workload;
  cell.jobs = workload.jobs;
  cell.predicted_seconds =
      static_cast<double>(cell.jobs) * workload.length.seconds + kStartSeconds;
  if (pilot.at("status") != "ok") return;
  const double rate = pilot.at("jobs").get<double>() /
                      std::max(1e-9, pilot.at("work_seconds").get<double>());
  if (cell.primitive != nullptr) {
    cell.jobs = request_.jobs > 0
                    ? request_.jobs
                    : static_cast<std::size_t>(
                          std::max(1.0, std::round(rate * request_.duration)));
  }
  double seconds = static_cast<double>(cell.jobs) / rate;
  if (request_.jobs == 0 && cell.primitive == nullptr &&
      seconds > 5 * request_.duration) {
    // As many whole periods as the model does in the time of a batch.
    const auto period = static_cast<double>(workload.length.period);
    const double periods =
        std::max({1.0, std::round(8 / period),
                  std::round(rate * request_.duration / period)});
    const auto fewer = static_cast<std::size_t>(periods * period);
    if (fewer < cell.jobs) {
      cell.jobs = fewer;
      cell.flags.push_back("fewer-jobs");
      seconds = static_cast<double>(cell.jobs) / rate;
    }
  }
  cell.predicted_seconds = seconds + kStartSeconds;
}

void Sweep::warm_up() {
  const auto share = [&](const Cell& cell) {
    return request_.warmup / std::min<double>(cell.workers, cell.cores);
  };
  double ahead = 0;
  for (const Cell& cell : plan_.cells) ahead += share(cell);
  progress_.expect(ahead);
  for (Cell& cell : plan_.cells) {
    if (counts_.interrupted || interruption_.requested()) {
      counts_.interrupted = true;
      return;
    }
    progress_.show("warm-up: " + cell.name(), ahead);
    std::size_t jobs = 0;  // a primitive finds its own number
    if (cell.primitive == nullptr) {
      constexpr std::size_t kMostPilotJobs = 256;
      jobs = std::min({jobs_for(*cell.workload, request_.warmup),
                       std::max(kMostPilotJobs, cell.workload->length.period),
                       cell.workload->jobs});
    }
    const Json pilot = repeat(cell, jobs, deadline_of(cell, jobs));
    if (!pilot.empty()) size_by_pilot(cell, pilot);
    ahead -= share(cell);
  }
}

Json Sweep::measure(Cell& cell, int round, int order) {
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
  const CpuTime before = CpuTime::of(cpus);
  const double throttled = cgroup_throttled_seconds();
  const Json result = repeat(cell, cell.jobs, deadline_of(cell, cell.jobs));
  if (result.empty()) return {};
  const CpuTime after = CpuTime::of(cpus);
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
