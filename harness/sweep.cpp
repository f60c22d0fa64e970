// Sweep: the way of a repetition from the plan to its record.
#include "harness/sweep.h"

#include <benchmark/benchmark.h>
#include <sys/wait.h>

#include <algorithm>
#include <cmath>

#include "harness/answers.h"
#include "harness/entry.h"
#include "harness/posix/child.h"
#include "harness/repetition.h"
#include "harness/weather.h"

namespace bench {
namespace {

std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t border = text.find_last_of('\n');
  return border == std::string::npos ? text : text.substr(border + 1);
}

/// What went wrong with a process that left no report.
std::string failure(const Outcome& outcome, double deadline) {
  if (outcome.kind == Outcome::Kind::timed_out) {
    return "did not end within " + shortest(std::round(deadline * 10) / 10) +
           " s (--deadline)";
  }
  std::string text = "the process " + describe_wait_status(outcome.status);
  const std::string said = last_line(outcome.output);
  if (!said.empty()) text += ": " + said;
  return text;
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

double Sweep::deadline_of(const Cell& cell) const {
  if (request_.deadline > 0) return request_.deadline;
  return 10 + 10 * std::max(cell.predicted_seconds, request_.duration);
}

Json Sweep::calibrate() {
  Json found = Json::array();
  for (Workload& workload : plan_.workloads) {
    if (interruption_.requested()) return found;
    progress_.show("calibrating " + workload.scenario->id, 0);
    bind_to({cpus_.ids.front()});
    workload.job_seconds = workload.scenario->calibrate(workload.parameters);
    bind_to(cpus_.ids);
    if (workload.native()) continue;
    const double fill = request_.duration / workload.job_seconds;
    const double least = 4.0 * cpus_.effective_cores();
    workload.jobs =
        request_.jobs > 0
            ? request_.jobs
            : static_cast<std::size_t>(std::llround(std::max(fill, least)));
    const auto scenario =
        workload.scenario->make(workload.parameters, request_.seed);
    answers_.push_back(
        Answers::find(*scenario, workload.jobs, cpus_.effective_cores()));
    workload.answers = answers_.back().get();
    Json one = to_json(workload.scenario->parameters, workload.parameters);
    one["scenario"] = workload.scenario->id;
    one["seconds"] = workload.job_seconds;
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
  json["tree_cpu_seconds"] = outcome.usage.cpu_seconds();
  json["isolated_seconds"] = outcome.seconds;
  return json;
}

void Sweep::size_by_pilot(Cell& cell, const Json& pilot) {
  cell.jobs = cell.workload->jobs;
  if (pilot.at("status") != "ok") return;
  const double rate = pilot.at("jobs").get<double>() /
                      std::max(1e-9, pilot.at("work_seconds").get<double>());
  const auto enough = static_cast<std::size_t>(
      std::max(8.0, std::round(rate * request_.duration)));
  if (cell.primitive != nullptr) {
    cell.jobs = request_.jobs > 0 ? request_.jobs : enough;
  }
  const auto seconds = [&] { return static_cast<double>(cell.jobs) / rate; };
  if (request_.jobs == 0 && seconds() > 5 * request_.duration) {
    cell.jobs = enough;
    cell.flags.push_back("fewer-jobs");
  }
  cell.predicted_seconds = seconds() + 0.05;
}

void Sweep::warm_up() {
  double ahead = 0;
  for (const Cell& cell : plan_.cells) {
    ahead += request_.warmup / std::min<double>(cell.workers, cell.cores);
  }
  progress_.expect(ahead);
  for (Cell& cell : plan_.cells) {
    if (counts_.interrupted || interruption_.requested()) {
      counts_.interrupted = true;
      return;
    }
    progress_.show("warm-up: " + cell.name(), ahead);
    std::size_t jobs = 0;
    if (cell.primitive == nullptr) {
      const double fill = request_.warmup / cell.workload->job_seconds;
      jobs = static_cast<std::size_t>(std::clamp(fill, 1.0, 1000.0));
      jobs = std::min(jobs, cell.workload->jobs);
    }
    const Json pilot = repeat(cell, jobs, deadline_of(cell));
    if (!pilot.empty()) size_by_pilot(cell, pilot);
    ahead -= request_.warmup / std::min<double>(cell.workers, cell.cores);
  }
}

Json Sweep::measure(Cell& cell, int round, int order) {
  const std::vector<int> cpus = cpus_of(cell);
  Weather weather;
  weather.spin_probe_seconds = spin_probe(cpus);
  fastest_probe_ = std::min(fastest_probe_, weather.spin_probe_seconds);
  weather.fastest_probe_seconds = fastest_probe_;
  weather.load_average = load_average();
  const CpuTime before = CpuTime::of(cpus);
  const Json result = repeat(cell, cell.jobs, deadline_of(cell));
  if (result.empty()) return {};
  const CpuTime after = CpuTime::of(cpus);
  weather.steal_seconds = after.stolen - before.stolen;
  weather.busy_seconds = after.busy - before.busy;
  if (result.at("status") != "ok") ++counts_.failed;
  if (result.contains("wrong")) ++counts_.wrong;
  return make_entry(cell, request_, round, order, result, weather);
}

void Sweep::run(RecordFile& file) {
  double ahead = 0;
  for (const Cell& cell : plan_.cells) {
    ahead += request_.repetitions * (cell.predicted_seconds + 0.05);
  }
  progress_.expect(ahead);
  int order = 0;
  const int planned =
      request_.repetitions * static_cast<int>(plan_.cells.size());
  for (int round = 0; round < request_.repetitions; ++round) {
    for (const std::size_t index :
         order_of_round(plan_.cells.size(), request_.seed, round)) {
      Cell& cell = plan_.cells[index];
      const auto body = [&, round](benchmark::State& state) {
        if (counts_.interrupted || interruption_.requested()) {
          counts_.interrupted = true;
          state.SkipWithError("interrupted");
          return;
        }
        progress_.show("round " + std::to_string(round + 1) + " of " +
                           std::to_string(request_.repetitions) + " · " +
                           std::to_string(order + 1) + " of " +
                           std::to_string(planned) + " · " + cell.name(),
                       ahead);
        const Json entry = measure(cell, round, order++);
        ahead -= cell.predicted_seconds + 0.05;
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
        state.counters["jobs_per_second"] =
            entry.at("jobs_per_second").get<double>();
        state.counters["cpu_ns_per_job"] = entry.at("cpu_time").get<double>();
      };
      // Manual time, and one pass over all jobs: Google Benchmark then
      // divides by their number. Never Threads(n), which would divide again.
      benchmark::RegisterBenchmark(cell.name().c_str(), body)
          ->Iterations(
              static_cast<std::int64_t>(std::max<std::size_t>(1, cell.jobs)))
          ->UseManualTime();
    }
  }
  Silence silence;
  benchmark::RunSpecifiedBenchmarks(&silence);
  progress_.clear();
}

}  // namespace bench
