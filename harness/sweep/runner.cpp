// Runner: what all of them do alike.
#include "harness/sweep/runner.h"

#include <cmath>
#include <stdexcept>
#include <utility>

#include "harness/posix/errno_name.h"

namespace bench {
namespace {

/// What went wrong with a process that left no report: "the process was killed
/// by SIGSEGV", "did not end within 10 s (--deadline)".
std::string failure_of(const Outcome& outcome, double deadline_seconds) {
  if (outcome.kind == Outcome::Kind::timed_out) {
    return "did not end within " +
           shortest(std::round(deadline_seconds * 10) / 10) + " s (--deadline)";
  }
  return "the process " + describe_wait_status(outcome.status);
}

}  // namespace

std::vector<int> Run::cpus_watched(const Cell& cell) const {
  // Who disturbs a backend or a load generator disturbs the model, and so does
  // whoever is busy on the other thread of its core.
  const Placement where = place(cell);
  return cell.workload->has_company() ? where.cores_of_all
                                      : where.cores_of_cell;
}

bool Run::shares_cores(const Cell& cell) const {
  return cell.workload->has_company() && place(cell).shares_cores;
}

Json Runner::attempt(const std::function<Json()>& repetition) {
  try {
    return repetition();
  } catch (const std::exception& error) {
    return failed(reason_of(error));
  }
}

Order Runner::order_of(const Prepared& prepared) const {
  Order order;
  order.scenario = prepared.workload->scenario->id;
  order.parameters = prepared.parameters;
  order.seed = run_.request.seed;
  order.answers = prepared.answers;
  order.surroundings.file = prepared.file;
  return order;
}

std::string Runner::ask(const char* verb, const Prepared& prepared,
                        const std::vector<int>& cpus) {
  Order order = order_of(prepared);
  order.cpus = cpus;
  order.workers = static_cast<std::uint32_t>(run_.cpus.effective_cores());
  order.jobs = prepared.jobs;
  constexpr double kNoDeadline = 1e9;
  const Outcome outcome = run_isolated(
      {"bench", verb, to_text(order), "{report}"},
      {order.answers, order.surroundings.file}, kNoDeadline, run_.interruption);
  if (outcome.kind == Outcome::Kind::interrupted) {
    run_.interrupted = true;
    return "";
  }
  if (outcome.status != 0) {
    throw std::runtime_error(
        outcome.explained(failure_of(outcome, kNoDeadline)));
  }
  return outcome.report;
}

void Runner::calibrate(Prepared& prepared) {
  // Cells with fewer cores do the very same jobs, so the most decide.
  std::vector<int> cpus = {run_.cpus.ids().front()};
  for (const Cell& cell : run_.plan.cells) {
    if (cell.workload != prepared.workload) continue;
    if (std::vector<int> its = run_.cpus_of(cell); its.size() > cpus.size()) {
      cpus = std::move(its);
    }
  }
  const std::string report = ask("__calibrate", prepared, cpus);
  if (run_.interrupted) return;
  const Json json = Json::parse(report);
  for (const auto& [name, value] : json.at("parameters").items()) {
    prepared.parameters.set(name, value);
  }
  json.at("seconds").get_to(prepared.length.seconds);
  json.at("period").get_to(prepared.length.period);
}

Json Runner::result_of(const Outcome& outcome, double deadline) {
  if (outcome.kind == Outcome::Kind::interrupted) {
    run_.interrupted = true;
    return failed("interrupted");
  }
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

}  // namespace bench
