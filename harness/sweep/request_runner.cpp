// RequestRunner: right answers, capacity, one repetition.
#include "harness/sweep/request_runner.h"

#include <cmath>
#include <exception>

#include "harness/posix/acceptor.h"
#include "harness/posix/clock.h"
#include "harness/sweep/companion.h"
#include "harness/sweep/load_order.h"
#include "harness/sweep/request_figures.h"

namespace bench {
namespace {

/// Calls `use(name)` for each parameter that calibration finds.
template <typename Use>
void for_each_found(const ScenarioInfo& scenario, Use use) {
  for (const Parameter& one : scenario.parameters) {
    if (one.found) use(one.name);
  }
}

/// What a server must put up with while it is measured: whoever is silent for
/// that long is so by order.
HttpLimits limits_for(double seconds, double timeout) {
  const auto patience = std::chrono::nanoseconds(std::chrono::minutes(1)) +
                        std::chrono::duration_cast<std::chrono::nanoseconds>(
                            std::chrono::duration<double>(seconds + timeout));
  HttpLimits limits;
  limits.head_time = limits.body_time = limits.idle_time = patience;
  limits.write_time = patience;
  return limits;
}

}  // namespace

bool RequestRunner::take_over(Prepared& prepared) const {
  for (const Prepared& other : run_.prepared) {
    if (&other == &prepared) return false;
    if (other.workload->scenario != prepared.workload->scenario ||
        other.workload->work() != prepared.workload->work()) {
      continue;
    }
    prepared.trouble = other.trouble;
    prepared.length = other.length;
    prepared.requests = other.requests;
    if (!prepared.trouble.empty()) return true;
    for_each_found(*other.workload->scenario, [&](const std::string& name) {
      prepared.parameters.set(name, other.parameters.word(name));
    });
    return true;
  }
  return false;
}

void RequestRunner::prepare(
    Prepared& prepared, const std::function<void(const std::string&)>& say) {
  if (take_over(prepared)) return;
  say("calibrating");
  calibrate(prepared);
  if (run_.interrupted) return;
  say("finding the right answers of");
  const std::string report = ask("__expect", prepared);
  if (!run_.interrupted) prepared.requests = Json::parse(report);
}

Json RequestRunner::describe(const Prepared& prepared) const {
  for (const Prepared& other : run_.prepared) {
    if (&other == &prepared) break;
    // What was taken over has been told.
    if (other.workload->scenario == prepared.workload->scenario &&
        other.workload->work() == prepared.workload->work()) {
      return nullptr;
    }
  }
  const ScenarioInfo& scenario = *prepared.workload->scenario;
  Json one = to_json(scenario.parameters, prepared.parameters);
  one["scenario"] = scenario.id;
  one["seconds"] = prepared.length.seconds;
  return one;
}

RequestRunner::Program RequestRunner::look_for(const PeerInfo& peer) {
  try {
    if (const auto reason = peer.why_missing()) return {"", *reason};
    return {peer.version(), ""};
  } catch (const std::exception&) {
    return {};  // it is there: whatever ails it, its repetitions will tell
  }
}

void RequestRunner::look(Trial& trial) {
  const PeerInfo* const peer = trial.cell->subject.peer;
  const std::optional<Fault>& fault = trial.cell->workload->fault;
  if (fault && (fault->to_root || fault->memory > 0) &&
      (peer != nullptr || !fault->supervised)) {
    trial.missing = "nobody is there who could replace it";
  }
  if (peer == nullptr) return;
  if (fault && !peer->serves(fault->target) && !fault->target.empty()) {
    trial.missing = peer->id + " has no answer of its own to " + fault->target;
    return;
  }
  if (!programs_.contains(peer)) programs_[peer] = look_for(*peer);
  trial.version = programs_[peer].version;
  trial.missing = programs_[peer].missing;
  const Workload& workload = *trial.cell->workload;
  for (const RequestKind& kind :
       workload.scenario->requests(workload.parameters)) {
    if (!trial.missing.empty() || peer->serves(kind.target)) continue;
    trial.missing = peer->id + " has no answer of its own to " + kind.target;
  }
}

HostedServer RequestRunner::start_server(const Trial& trial, double seconds,
                                         std::uint16_t backend_port) const {
  const Cell& cell = *trial.cell;
  const Traffic& traffic = cell.workload->traffic;
  const std::vector<int> cpus = run_.cpus_of(cell);
  if (const PeerInfo* const peer = cell.subject.peer) {
    PeerOrder order;
    order.workers = cell.size.workers;
    order.connections = cell.size.in_flight;
    order.idle_connections = traffic.idle_connections;
    order.seed = run_.request.seed;
    for_each_found(*cell.workload->scenario, [&](const std::string& name) {
      order.size_per_ms =
          static_cast<std::uint64_t>(trial.prepared->parameters.integer(name));
    });
    return HostedServer::start_command(
        peer->id, cpus, [&](std::uint16_t port, const std::string& folder) {
          order.port = port;
          order.folder = folder;
          return peer->command(order);
        });
  }
  ServeOrder what;
  what.limits = limits_for(seconds, traffic.timeout);
  what.order = order_of(*trial.prepared);
  what.order.model = cell.subject.name();
  what.order.model_parameters = cell.own_parameters;
  what.order.cpus = cpus;
  what.order.workers = cell.size.workers;
  what.order.in_flight = cell.size.in_flight;
  what.order.surroundings.backend_port = backend_port;
  const std::optional<Fault>& fault = cell.workload->fault;
  if (!fault) return HostedServer::start(what);
  // Who has workers replaces them: that is a part of the model.
  what.restarts = true;
  what.health_ns = std::llround(fault->health * 1e9);
  what.most_memory = fault->memory;
  if (fault->other_binary) return HostedServer::start_supervised_copy(what);
  return fault->supervised ? HostedServer::start_supervised(what)
                           : HostedServer::start(what);
}

Json RequestRunner::repeat(const Trial& trial, double rate, double seconds) {
  const Cell& cell = *trial.cell;
  const std::int64_t began = now_ns();
  const Companion companion(cell, run_.place(cell).others);
  HostedServer server = start_server(trial, seconds, companion.port());
  const double start_seconds = seconds_between(began, now_ns());
  LoadOrder order = load_order(run_, trial, rate, seconds);
  order.port = server.port();
  order.server_pid = server.pid();
  if (cell.workload->fault && cell.workload->fault->other_binary) {
    order.fault->next_program = server.next_program();
    order.fault->program = server.program();
  }
  std::vector<pid_t> spared = companion.processes();
  for (const pid_t process : server.processes()) spared.push_back(process);
  const double deadline =
      run_.request.deadline > 0
          ? run_.request.deadline
          : 30 + 3 * (order.warmup_seconds + seconds + order.timeout_seconds);
  const Outcome outcome =
      run_isolated({"bench", "__load", to_text(order), "{report}"}, {},
                   deadline, run_.interruption, spared);
  Json json = result_of(outcome, deadline);
  if (run_.interrupted) return json;
  Json threads = Json::object();
  if (!json.contains("status")) {
    if (json.at("server").is_object()) {
      threads = json["server"]["cpu_by_thread"];
    }
    json = figures_of(trial, json);
  }
  json["start_seconds"] = start_seconds;
  stop_server(server, cell, json);
  if (json.contains("http")) {
    json["http"]["generator_shares_cpus"] = run_.shares_cores(cell);
    const Json workers = workers_of(server.account(), threads);
    json["http"]["workers"] = workers;
    json["http"]["jain"] = jain_of(workers);
  }
  companion.report(json);
  json["tree_cpu_seconds"] =
      server.end().cpu_seconds() + outcome.usage.cpu_seconds();
  json["isolated_seconds"] = seconds_between(began, now_ns());
  return json;
}

void RequestRunner::stop_server(const HostedServer& server, const Cell& cell,
                                Json& result) {
  const std::optional<Fault>& fault = cell.workload->fault;
  // A figure of a server that died is no figure, whatever clients saw of it,
  // unless that was the purpose.
  if (const auto death = server.death(); death && !fault) {
    result = failed("the server " + *death + " while it was measured");
    return;
  }
  const std::int64_t asked = now_ns();
  // A supervisor knows when to kill what hangs; nobody else does.
  const bool hangs =
      fault && (!fault->supervised || cell.subject.peer != nullptr);
  const ServerEnd end =
      server.stop(hangs ? std::chrono::nanoseconds(kFaultGrace) : kGrace);
  result["teardown_seconds"] = seconds_between(asked, now_ns());
  // How other programs end is their business.
  if (fault || cell.subject.peer != nullptr || end.clean() ||
      result.at("status") != "ok")
    return;
  result = failed("the server, asked to stop, " + end.how);
}

Json RequestRunner::repeat(const Trial& trial) {
  const Traffic& traffic = trial.cell->workload->traffic;
  if (traffic.share > 0 && trial.rate <= 0) {
    return failed("nobody knows its capacity: " + trial.trouble);
  }
  return repeat(trial, trial.rate, seconds_of(trial));
}

}  // namespace bench
