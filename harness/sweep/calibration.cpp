// Sweep, before the first round: calibration, right answers, pilot.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "harness/posix/errno_name.h"
#include "harness/posix/nameless_file.h"
#include "harness/repetition/answers.h"
#include "harness/repetition/repetition.h"
#include "harness/repetition/verify.h"
#include "harness/sweep/sweep.h"

namespace bench {
namespace {

/// What starting a process and looking around costs, for predictions.
constexpr double kStartSeconds = 0.05;

}  // namespace

double Sweep::deadline_of(const Cell& cell, std::size_t jobs) const {
  if (request_.deadline > 0) return request_.deadline;
  const double work = static_cast<double>(jobs) * cell.workload->length.seconds;
  const double waits = static_cast<double>(jobs) / cell.size.in_flight *
                       cell.workload->demand.wait;
  // Jobs that lose patience must be able to say so.
  const Parameters& parameters = cell.workload->parameters;
  const double patience =
      parameters.has("timeout-ms") ? 2e-3 * parameters.real("timeout-ms") : 0;
  return 10 + patience +
         10 *
             std::max({cell.predicted_seconds, request_.duration, work, waits});
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
  order.surroundings.file = workload.file;
  std::vector<int> inherited;
  for (const int fd : {order.answers, order.surroundings.file}) {
    if (fd >= 0) inherited.push_back(fd);
  }
  constexpr double kNoDeadline = 1e9;
  const Outcome outcome =
      run_isolated({"bench", verb, to_text(order), "{report}"}, inherited,
                   kNoDeadline, interruption_);
  if (outcome.kind == Outcome::Kind::interrupted) {
    counts_.interrupted = true;
    return false;
  }
  if (outcome.status != 0) {
    throw std::runtime_error(
        outcome.explained(failure_of(outcome, kNoDeadline)));
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

std::size_t Sweep::planned_jobs(const Cell& cell) const {
  return jobs_in(cell, cell.ideal_rate(), duration_of(request_, *cell.workload),
                 5);
}

std::size_t Sweep::jobs_in(const Cell& cell, double rate, double seconds,
                           int turns) {
  const double least = static_cast<double>(turns) * cell.size.in_flight;
  const double most = 4e6;  // records of 128 MB
  return static_cast<std::size_t>(
      std::clamp(std::round(rate * seconds), std::min(least, most), most));
}

std::size_t Sweep::full_batch(const Workload& workload) const {
  if (request_.jobs > 0) return request_.jobs;
  if (workload.scenario->jobs > 0) return workload.scenario->jobs;
  const double duration = duration_of(request_, workload);
  if (!workload.waits()) {
    return jobs_for(workload, std::max(duration, 8 * workload.length.seconds));
  }
  std::size_t most = 1;
  for (const Cell& cell : plan_.cells) {
    if (cell.workload != &workload) continue;
    most = std::max(most, planned_jobs(cell));
  }
  return most;
}

Json Sweep::calibrate() {
  look_for_peers();
  Json found = Json::array();
  for (Workload& workload : plan_.workloads) {
    const std::size_t descriptors = descriptors_.size();
    try {
      if (!calibrate(workload, found)) break;
    } catch (const std::exception& error) {
      workload.trouble = "scenario " + workload.scenario->id +
                         " could not be prepared: " + reason_of(error);
      descriptors_.resize(descriptors);  // others may need them
    }
  }
  return found;
}

bool Sweep::calibrate(Workload& workload, Json& found) {
  if (take_over_calibration(workload)) return true;
  progress_.show("calibrating " + workload.scenario->id, 0);
  if (workload.needs.file_bytes > 0) {
    descriptors_.push_back(nameless_file());
    workload.file = descriptors_.back().get();
  }
  std::string report;
  if (!prepare("__calibrate", workload, &report)) return false;
  const Json json = Json::parse(report);
  for (const auto& [name, value] : json.at("parameters").items()) {
    workload.parameters.set(name, value);
  }
  json.at("seconds").get_to(workload.length.seconds);
  json.at("period").get_to(workload.length.period);
  if (workload.native()) return true;
  progress_.show("finding the right answers of " + workload.scenario->id, 0);
  if (!find_answers(workload)) return false;
  Json one = to_json(workload.scenario->parameters, workload.parameters);
  one["scenario"] = workload.scenario->id;
  one["seconds"] = workload.length.seconds;
  if (!workload.serves()) one["jobs"] = workload.jobs;
  found.push_back(one);
  return true;
}

bool Sweep::find_answers(Workload& workload) {
  if (workload.serves()) {
    std::string report;
    if (!prepare("__expect", workload, &report)) return false;
    workload.requests = Json::parse(report);
    return true;
  }
  workload.jobs = full_batch(workload);
  descriptors_.push_back(Answers::room_for(workload.jobs));
  workload.answers = descriptors_.back().get();
  return prepare("__oracle", workload, nullptr);
}

double Sweep::pilot_rate(const Cell& cell, const Json& pilot) {
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

std::size_t Sweep::jobs_by_rate(Cell& cell, double rate) const {
  const Workload& workload = *cell.workload;
  const double duration = duration_of(request_, workload);
  if (request_.jobs > 0) return request_.jobs;
  if (workload.waits()) {
    const std::size_t jobs = std::min(workload.jobs, planned_jobs(cell));
    // Busier than waiting: what its places could do is far above what it does.
    constexpr double kFar = 3;
    if (static_cast<double>(jobs) <= kFar * rate * duration) return jobs;
    // A pilot may have been disturbed: enough turns remain in any case.
    return std::min(jobs, jobs_in(cell, rate, duration, 15));
  }
  if (cell.primitive != nullptr) {
    return static_cast<std::size_t>(std::max(1.0, std::round(rate * duration)));
  }
  if (workload.scenario->jobs > 0 ||
      static_cast<double>(workload.jobs) <= 5 * rate * duration) {
    return workload.jobs;
  }
  // As many whole periods as the model does in the time of a batch.
  const auto period = static_cast<double>(workload.length.period);
  const double periods = std::max(
      {1.0, std::round(8 / period), std::round(rate * duration / period)});
  const auto fewer = static_cast<std::size_t>(periods * period);
  if (fewer >= workload.jobs) return workload.jobs;
  cell.flags.push_back("fewer-jobs");
  return fewer;
}

void Sweep::size_by_pilot(Cell& cell, const Json& pilot) {
  if (pilot.at("status") != "ok") {
    cell.jobs = cell.workload->jobs;
    if (cell.workload->waits() && request_.jobs == 0) {
      cell.jobs = std::min(cell.jobs, planned_jobs(cell));
    }
    cell.predicted_seconds = kStartSeconds + static_cast<double>(cell.jobs) *
                                                 cell.workload->length.seconds;
    return;
  }
  const double rate = pilot_rate(cell, pilot);
  cell.jobs = jobs_by_rate(cell, rate);
  cell.predicted_seconds =
      static_cast<double>(cell.jobs) / rate + kStartSeconds;
}

std::size_t Sweep::pilot_jobs(const Cell& cell) const {
  const Workload& workload = *cell.workload;
  if (workload.waits()) {
    return std::min(workload.jobs,
                    jobs_in(cell, cell.ideal_rate(), request_.warmup, 2));
  }
  if (cell.primitive != nullptr) return 0;  // it finds its own number
  constexpr std::size_t kMostPilotJobs = 256;
  return std::min({jobs_for(workload, request_.warmup),
                   std::max(kMostPilotJobs, workload.length.period),
                   workload.jobs});
}

void Sweep::warm_up() {
  const auto runs = [](const Cell& cell) {
    return cell.missing.empty() && cell.workload->trouble.empty();
  };
  const auto share = [&](const Cell& cell) {
    if (!runs(cell)) return 0.0;
    if (cell.workload->serves()) {
      return pilot_of_requests(duration_of(request_, *cell.workload));
    }
    return request_.warmup / std::min<double>(cell.size.workers, cell.cores);
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
    ahead -= share(cell);
    if (!runs(cell)) continue;
    if (cell.workload->serves()) {
      find_capacity(cell);
      continue;
    }
    const std::size_t jobs = pilot_jobs(cell);
    const Json pilot =
        attempt([&] { return repeat(cell, jobs, deadline_of(cell, jobs)); });
    if (!pilot.empty()) size_by_pilot(cell, pilot);
  }
}

}  // namespace bench
