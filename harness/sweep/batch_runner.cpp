// BatchRunner: how many jobs a batch has, and one repetition of it.
#include "harness/sweep/batch_runner.h"

#include <algorithm>
#include <cmath>

#include "harness/peers/peer.h"
#include "harness/posix/nameless_file.h"
#include "harness/repetition/answers.h"
#include "harness/sweep/companion.h"
#include "harness/sweep/rounds.h"

namespace bench {
namespace {

/// What starting a process and looking around costs, for predictions.
constexpr double kStartSeconds = 0.05;

/// Jobs that take about `seconds` on one core: whole periods, at least one.
std::size_t jobs_for(const JobLength& length, double seconds) {
  const double periods =
      seconds / length.seconds / static_cast<double>(length.period);
  return length.period *
         static_cast<std::size_t>(std::max(1.0, std::round(periods)));
}

/// Jobs that keep the cell at work for `seconds` at `rate`, but at least
/// `turns` for each place in flight.
std::size_t jobs_in(const Cell& cell, double rate, double seconds, int turns) {
  const double least = static_cast<double>(turns) * cell.size.in_flight;
  const double most = 4e6;  // records of 256 MB
  return static_cast<std::size_t>(
      std::clamp(std::round(rate * seconds), std::min(least, most), most));
}

/// Jobs per second that a full batch will do, as the pilot foretells.
double pilot_rate(const Cell& cell, const Json& pilot) {
  const double done = pilot.at("jobs").get<double>();
  const double took = std::max(1e-9, pilot.at("work_seconds").get<double>());
  const double rate = done / took;
  if (!cell.workload->waits()) return rate;
  // A short batch is mostly its first and its last wait: without one of them
  // and without the jobs that it held back, this is the rate in between.
  const double between = took - cell.workload->demand.wait;
  if (between <= 0) return rate;
  return std::clamp((done - cell.size.in_flight) / between, rate,
                    std::max(rate, cell.ideal_rate()));
}

}  // namespace

void BatchRunner::prepare(Prepared& prepared,
                          const std::function<void(const std::string&)>& say) {
  const Workload& workload = *prepared.workload;
  const std::size_t descriptors = descriptors_.size();
  try {
    say("calibrating");
    if (workload.needs.file_bytes > 0) {
      descriptors_.push_back(nameless_file());
      prepared.file = descriptors_.back().get();
    }
    calibrate(prepared);
    if (run_.interrupted) return;
    say("finding the right answers of");
    prepared.jobs = full_batch(prepared);
    descriptors_.push_back(Answers::room_for(prepared.jobs));
    prepared.answers = descriptors_.back().get();
    ask("__oracle", prepared);
  } catch (const std::exception&) {
    descriptors_.resize(descriptors);  // others may need them
    throw;
  }
}

Json BatchRunner::describe(const Prepared& prepared) const {
  const ScenarioInfo& scenario = *prepared.workload->scenario;
  Json one = to_json(scenario.parameters, prepared.parameters);
  one["scenario"] = scenario.id;
  one["seconds"] = prepared.length.seconds;
  one["jobs"] = prepared.jobs;
  return one;
}

std::size_t BatchRunner::planned_jobs(const Cell& cell) const {
  return jobs_in(cell, cell.ideal_rate(),
                 duration_of(run_.request, *cell.workload), 5);
}

std::size_t BatchRunner::full_batch(const Prepared& prepared) const {
  const Workload& workload = *prepared.workload;
  if (run_.request.jobs > 0) return run_.request.jobs;
  if (workload.scenario->jobs > 0) return workload.scenario->jobs;
  const double duration = duration_of(run_.request, workload);
  if (!workload.waits()) {
    return jobs_for(prepared.length,
                    std::max(duration, 8 * prepared.length.seconds));
  }
  std::size_t most = 1;
  for (const Cell& cell : run_.plan.cells) {
    if (cell.workload == &workload) most = std::max(most, planned_jobs(cell));
  }
  return most;
}

std::size_t BatchRunner::pilot_jobs(const Trial& trial) const {
  const Prepared& prepared = *trial.prepared;
  const Cell& cell = *trial.cell;
  if (cell.workload->waits()) {
    return std::min(prepared.jobs,
                    jobs_in(cell, cell.ideal_rate(), run_.request.warmup, 2));
  }
  constexpr std::size_t kMostPilotJobs = 256;
  return std::min({jobs_for(prepared.length, run_.request.warmup),
                   std::max(kMostPilotJobs, prepared.length.period),
                   prepared.jobs});
}

double BatchRunner::pilot_seconds(const Cell& cell) const {
  return run_.request.warmup / std::min<double>(cell.size.workers, cell.cores);
}

std::size_t BatchRunner::jobs_by_rate(Trial& trial, double rate) const {
  const Prepared& prepared = *trial.prepared;
  const Cell& cell = *trial.cell;
  const double duration = duration_of(run_.request, *cell.workload);
  if (run_.request.jobs > 0) return run_.request.jobs;
  if (cell.workload->waits()) {
    const std::size_t jobs = std::min(prepared.jobs, planned_jobs(cell));
    // Busier than waiting: what its places could do is far above what it does.
    constexpr double kFar = 3;
    if (static_cast<double>(jobs) <= kFar * rate * duration) return jobs;
    // A pilot may have been disturbed: enough turns remain in any case.
    return std::min(jobs, jobs_in(cell, rate, duration, 15));
  }
  if (cell.workload->scenario->jobs > 0 ||
      static_cast<double>(prepared.jobs) <= 5 * rate * duration) {
    return prepared.jobs;
  }
  // As many whole periods as the model does in the time of a batch.
  const auto period = static_cast<double>(prepared.length.period);
  const double periods = std::max(
      {1.0, std::round(8 / period), std::round(rate * duration / period)});
  const auto fewer = static_cast<std::size_t>(periods * period);
  if (fewer >= prepared.jobs) return prepared.jobs;
  trial.flags.push_back("fewer-jobs");
  return fewer;
}

void BatchRunner::size_by_pilot(Trial& trial, const Json& pilot) const {
  const Workload& workload = *trial.cell->workload;
  if (pilot.at("status") != "ok") {
    trial.jobs = trial.prepared->jobs;
    if (workload.waits() && run_.request.jobs == 0) {
      trial.jobs = std::min(trial.jobs, planned_jobs(*trial.cell));
    }
    trial.predicted_seconds =
        kStartSeconds +
        static_cast<double>(trial.jobs) * trial.prepared->length.seconds;
    return;
  }
  const double rate = pilot_rate(*trial.cell, pilot);
  trial.jobs = jobs_by_rate(trial, rate);
  trial.predicted_seconds =
      static_cast<double>(trial.jobs) / rate + kStartSeconds;
}

void BatchRunner::pilot(Trial& trial) {
  const Json pilot = attempt([&] { return repeat(trial, pilot_jobs(trial)); });
  if (!run_.interrupted) size_by_pilot(trial, pilot);
}

double BatchRunner::brief_rate(Trial& trial) {
  if (trial.jobs == 0) pilot(trial);
  if (run_.interrupted) return 0;
  // As many as the last one shows to fill a warm-up, or a repetition if that is
  // shorter: a pilot may be too short to show it well.
  const double brief = std::min(
      run_.request.warmup, duration_of(run_.request, *trial.cell->workload));
  const double share =
      brief / std::max(1e-6, trial.predicted_seconds - kStartSeconds);
  const JobLength whole{.seconds = 1, .period = trial.prepared->length.period};
  const std::size_t jobs =
      std::min(jobs_for(whole, static_cast<double>(trial.jobs) * share),
               trial.prepared->jobs);
  const Json result = attempt([&] { return repeat(trial, jobs); });
  if (run_.interrupted || result.at("status") != "ok") return 0;
  size_by_pilot(trial, result);
  return pilot_rate(*trial.cell, result);
}

double BatchRunner::deadline_of(const Trial& trial, std::size_t jobs) const {
  if (run_.request.deadline > 0) return run_.request.deadline;
  const Demand& demand = trial.cell->workload->demand;
  const double work =
      static_cast<double>(jobs) * trial.prepared->length.seconds;
  const double waits =
      static_cast<double>(jobs) / trial.cell->size.in_flight * demand.wait;
  // Jobs that lose patience must be able to say so.
  return 10 + 2 * demand.patience +
         10 * std::max({trial.predicted_seconds, run_.request.duration, work,
                        waits});
}

Json BatchRunner::repeat(const Trial& trial) {
  return repeat(trial, trial.jobs);
}

Json BatchRunner::repeat(const Trial& trial, std::size_t jobs) {
  const Cell& cell = *trial.cell;
  Order order = order_of(*trial.prepared);
  (cell.subject.primitive != nullptr ? order.primitive : order.model) =
      cell.subject.name();
  order.model_parameters = cell.own_parameters;
  order.cpus = run_.cpus_of(cell);
  order.workers = cell.size.workers;
  order.in_flight = cell.size.in_flight;
  order.places = cell.limit.value_or(cell.size.in_flight);
  order.jobs = jobs;
  order.min_seconds = run_.request.warmup * cell.workload->scenario->pace;
  const Companion companion(cell, run_.place(cell).others);
  order.surroundings.backend_port = companion.port();
  const double deadline = deadline_of(trial, jobs);
  const Outcome outcome =
      run_isolated({"bench", "__repetition", to_text(order), "{report}"},
                   {order.answers, order.surroundings.file}, deadline,
                   run_.interruption, companion.processes());
  Json json = result_of(outcome, deadline);
  if (run_.interrupted) return json;
  companion.report(json);
  json["tree_cpu_seconds"] = outcome.usage.cpu_seconds();
  json["isolated_seconds"] = outcome.seconds;
  return json;
}

void FloorRunner::prepare(Prepared& prepared,
                          const std::function<void(const std::string&)>& say) {
  say("calibrating");
  calibrate(prepared);
}

void FloorRunner::look(Trial& trial) {
  const std::string& peer = trial.cell->subject.primitive->peer;
  if (peer.empty()) return;
  trial.missing = find_peers("peers", peer)[0]->why_missing().value_or("");
}

std::size_t FloorRunner::pilot_jobs(const Trial& trial) const {
  return trial.cell->workload->waits() ? BatchRunner::pilot_jobs(trial) : 0;
}

std::size_t FloorRunner::jobs_by_rate(Trial& trial, double rate) const {
  if (run_.request.jobs > 0 || trial.cell->workload->waits()) {
    return BatchRunner::jobs_by_rate(trial, rate);
  }
  const double duration = duration_of(run_.request, *trial.cell->workload);
  return static_cast<std::size_t>(std::max(1.0, std::round(rate * duration)));
}

void FloorRunner::learn(Trial& trial, const Json& entry) {
  if (run_.request.jobs > 0 || trial.cell->workload->waits()) return;
  const Json& seconds = entry.at("work_seconds");
  if (!seconds.is_number() || seconds <= 0.0) return;
  // A burst in its pilot had it do too little ever since.
  constexpr double kMost = 10;
  const double duration = duration_of(run_.request, *trial.cell->workload);
  const double times = std::min(kMost, duration / seconds.get<double>());
  if (times < 2) return;
  trial.jobs =
      static_cast<std::size_t>(static_cast<double>(trial.jobs) * times);
}

}  // namespace bench
