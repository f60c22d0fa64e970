// Sweep, before the first round: calibration, right answers, pilot.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "harness/answers.h"
#include "harness/repetition.h"
#include "harness/sweep.h"

namespace bench {
namespace {

/// What starting a process and looking around costs, for predictions.
constexpr double kStartSeconds = 0.05;

}  // namespace

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
                             outcome.failure(kNoDeadline) + ": " +
                             outcome.last_words());
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

}  // namespace bench
