// Sweep: the way of a repetition from the plan to its record.
#include "harness/sweep/sweep.h"

#include <algorithm>
#include <optional>
#include <set>

#include "harness/posix/errno_name.h"
#include "harness/sweep/rounds.h"
#include "harness/sweep/tuning.h"
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

Computing computing_of(const Workload& workload) {
  const auto& computing = workload.scenario->computing;
  return computing ? computing(workload.parameters) : Computing{};
}

}  // namespace

Sweep::Sweep(const Plan& plan, const Request& request, const Cpus& cpus,
             Interruption& interruption, Progress& progress)
    : run_{plan, request, cpus, interruption}, progress_(progress) {
  for (const Workload& workload : plan.workloads) {
    run_.prepared.push_back(
        {.workload = &workload, .parameters = workload.parameters});
  }
  for (const Cell& cell : plan.cells) {
    trials_.push_back(
        {.cell = &cell, .prepared = &run_.prepared[cell.workload->place]});
    if (run_.place(cell).mixes_kinds) {
      trials_.back().flags.push_back("mixed-cores");
    }
  }
}

Runner& Sweep::runner_of(const Workload& workload) {
  switch (workload.kind()) {
    case Workload::Kind::requests:
      return requests_;
    case Workload::Kind::floor:
      return floors_;
    case Workload::Kind::batch:
      break;
  }
  return batches_;
}

Runner& Sweep::runner_of(const Cell& cell) {
  if (cell.subject.primitive != nullptr) return floors_;
  return runner_of(*cell.workload);
}

bool Sweep::must_stop() {
  return run_.interrupted = run_.interrupted || run_.interruption.requested();
}

Json Sweep::calibrate() {
  for (Trial& trial : trials_) runner_of(*trial.cell).look(trial);
  Json found = Json::array();
  for (Prepared& prepared : run_.prepared) {
    const Workload& workload = *prepared.workload;
    const std::string& id = workload.scenario->id;
    Runner& runner = runner_of(workload);
    try {
      runner.prepare(prepared, [&](const std::string& what) {
        progress_.show(what + " " + id, 0);
      });
      if (run_.interrupted) break;
    } catch (const std::exception& error) {
      prepared.trouble =
          "scenario " + id + " could not be prepared: " + reason_of(error);
    }
    if (!prepared.trouble.empty()) continue;
    if (const Json one = runner.describe(prepared); !one.is_null()) {
      found.push_back(one);
    }
  }
  progress_.show("probing the CPUs", 0);
  for (const Trial& trial : trials_) {
    if (must_stop()) break;
    probes_.get_to_know(computing_of(*trial.cell->workload),
                        run_.cpus_of(*trial.cell));
  }
  return found;
}

std::vector<std::string> Sweep::troubles() const {
  std::set<std::string> reasons;
  for (const Trial& trial : trials_) {
    if (!trial.missing.empty()) reasons.insert("skipped: " + trial.missing);
  }
  for (const Prepared& prepared : run_.prepared) {
    if (!prepared.trouble.empty()) reasons.insert(prepared.trouble);
  }
  return {reasons.begin(), reasons.end()};
}

std::vector<std::string> Sweep::tune() {
  struct Choice {
    std::size_t candidate = 0;
    std::string value;
    std::string seen;
  };
  std::map<std::string, Choice> choices;  // by what cells are called
  const auto choice_of = [&](const Cell& cell) -> Choice& {
    return choices[cell.name().substr(0, cell.name().find("/cores:"))];
  };
  for (const Trial& trial : trials_) {
    const Cell& cell = *trial.cell;
    if (cell.candidates.empty() || cell.control) continue;
    if (!trial.prepared->trouble.empty()) continue;
    if (trial.prepared->length.seconds > kLongJob) continue;
    progress_.show("trying values of " + cell.automatic + ": " + cell.name(),
                   0);
    std::vector<Trial> tries;
    for (const Cell& one : cell.candidates) {
      tries.push_back({.cell = &one, .prepared = trial.prepared});
    }
    const Pick pick = pick_candidate(tries.size(), [&](std::size_t i) {
      return must_stop() ? 0 : runner_of(cell).brief_rate(tries[i]);
    });
    if (must_stop()) return {};
    Choice& choice = choice_of(cell);
    choice.candidate = std::max(choice.candidate, pick.candidate);
    choice.seen += describe(cell, pick);
  }
  std::vector<std::string> sentences;
  for (Trial& trial : trials_) {
    const Cell& cell = *trial.cell;
    if (cell.candidates.empty()) continue;
    Choice& choice = choice_of(cell);
    Cell& picked = picked_.emplace_back(cell.candidates[choice.candidate]);
    picked.control = cell.control;
    choice.value =
        picked.automatic + " " + picked.own_parameters.word(picked.automatic);
    trial.cell = &picked;
  }
  for (const auto& [name, choice] : choices) {
    if (!choice.seen.empty()) {
      sentences.push_back(name + ": " + choice.value + choice.seen);
    }
  }
  return sentences;
}

void Sweep::warm_up() {
  const auto share = [&](const Trial& trial) {
    const bool runs = trial.missing.empty() && trial.prepared->trouble.empty();
    return runs ? runner_of(*trial.cell).pilot_seconds(*trial.cell) : 0;
  };
  double ahead = 0;
  for (const Trial& trial : trials_) ahead += share(trial);
  progress_.expect(ahead);
  for (Trial& trial : trials_) {
    if (must_stop()) return;
    progress_.show("warm-up: " + trial.cell->name(), ahead);
    const double seconds = share(trial);
    ahead -= seconds;
    if (seconds > 0) runner_of(*trial.cell).pilot(trial);
  }
}

Json Sweep::measure(Trial& trial, int round, int place) {
  if (!trial.missing.empty()) {
    return make_entry(trial, run_.request, round, place,
                      {{"status", "skipped"}, {"reason", trial.missing}}, {});
  }
  Weather weather;
  const Json result = Runner::attempt([&] { return measure(trial, weather); });
  if (run_.interrupted) return {};
  if (result.at("status") != "ok") ++counts_.failed;
  if (result.contains("wrong")) ++counts_.wrong;
  return make_entry(trial, run_.request, round, place, result, weather);
}

Json Sweep::measure(const Trial& trial, Weather& weather) {
  const Cell& cell = *trial.cell;
  if (!trial.prepared->trouble.empty()) {
    return Runner::failed(trial.prepared->trouble);
  }
  const std::vector<int> cpus = run_.cpus_of(cell);
  const Computing computing = computing_of(*cell.workload);
  probes_.look(computing, cpus, weather);
  weather.load_average = load_average();
  weather.cores_are_shared = run_.shares_cores(cell);
  const std::vector<int> watched = run_.cpus_watched(cell);
  const std::optional<CpuTime> before = CpuTime::of(watched);
  const std::optional<double> throttled = cgroup_throttled_seconds();
  Json result = runner_of(cell).repeat(trial);
  const std::optional<CpuTime> after = CpuTime::of(watched);
  if (before && after) {
    weather.steal_seconds = after->stolen - before->stolen;
    weather.busy_seconds = after->busy - before->busy;
  }
  const std::optional<double> throttled_now = cgroup_throttled_seconds();
  if (throttled && throttled_now) {
    weather.throttled_seconds = *throttled_now - *throttled;
  }
  probes_.look(computing, cpus, weather);
  return result;
}

Json Sweep::measure_until_calm(Trial& trial, int round, int place,
                               RecordFile& file) {
  constexpr int kMostRepeats = 2;
  // A neighbour that is there for one second of four meets every third.
  constexpr int kOneIn = 2;
  const int most =
      run_.request.repetitions * static_cast<int>(trials_.size()) / kOneIn;
  for (int repeats = 0;; ++repeats) {
    Json entry = measure(trial, round, place);
    if (entry.empty() || repeats == kMostRepeats || counts_.set_aside >= most) {
      return entry;
    }
    const std::string sign = disturbance_of(entry);
    if (sign.empty()) return entry;
    set_aside(entry, sign);
    file.append(entry);
    ++counts_.set_aside;
    wait_for_calm(*trial.cell);
    if (must_stop()) return {};
  }
}

void Sweep::wait_for_calm(const Cell& cell) {
  constexpr double kLook = 0.05;
  const std::vector<int> cpus = run_.cpus_watched(cell);
  for (int looks = 0; looks < 40 && patience_ > 0; ++looks) {
    patience_ -= kLook;
    if (must_stop() || are_calm(cpus, kLook)) return;
  }
}

void Sweep::run(RecordFile& file) {
  double ahead = 0;
  for (const Trial& trial : trials_) {
    ahead += run_.request.repetitions * trial.predicted_seconds;
  }
  progress_.expect(ahead);
  patience_ = ahead / 4;
  int place = 0;
  Silence silence;
  benchmark::ClearRegisteredBenchmarks();  // those of a sweep before
  for (const Turn& turn :
       turns_of(run_.plan, run_.request.repetitions, run_.request.seed)) {
    Trial& trial = trials_[turn.cell];
    const int round = turn.round;
    const auto body = [&, round](benchmark::State& state) {
      if (round == 0) runner_of(*trial.cell).settle(trial);
      progress_.show("round " + std::to_string(round + 1) + " of " +
                         std::to_string(run_.request.repetitions) + " · " +
                         trial.cell->name(),
                     ahead);
      run_once(trial, round, place++, file, state);
      ahead -= trial.predicted_seconds;
    };
    // Manual time, and one pass over all jobs: Google Benchmark then
    // divides by their number. Never Threads(n), which would divide again.
    benchmark::RegisterBenchmark(trial.cell->name().c_str(), body)
        ->Iterations(
            static_cast<std::int64_t>(std::max<std::size_t>(1, trial.jobs)))
        ->UseManualTime();
  }
  benchmark::RunSpecifiedBenchmarks(&silence, ".");
}

void Sweep::run_once(Trial& trial, int round, int place, RecordFile& file,
                     benchmark::State& state) {
  const Json entry =
      must_stop() ? Json() : measure_until_calm(trial, round, place, file);
  if (entry.empty()) {
    state.SkipWithError("interrupted");
    return;
  }
  file.append(entry);
  runner_of(*trial.cell).learn(trial, entry);
  ++trial.repetitions;
  ++counts_.measured;
  if (entry.at("status") != "ok") {
    state.SkipWithError(entry.at("reason").get<std::string>().c_str());
    return;
  }
  trial.rates.push_back(entry.at("jobs_per_second").get<double>());
  while (state.KeepRunningBatch(state.max_iterations)) {
    state.SetIterationTime(entry.at("work_seconds").get<double>());
  }
  state.counters["jobs_per_second"] = trial.rates.back();
  if (const Json& cpu = entry.at("cpu_time"); cpu.is_number()) {
    state.counters["cpu_ns_per_job"] = cpu.get<double>();
  }
}

}  // namespace bench
