// Sweep, where servers have clients: a repetition is a fresh server on the
// cell's CPUs and a fresh load generator on the others.
#include <algorithm>
#include <exception>

#include "harness/posix/acceptor.h"
#include "harness/posix/clock.h"
#include "harness/sweep/companion.h"
#include "harness/sweep/served.h"
#include "harness/sweep/sweep.h"

namespace bench {
namespace {

/// The generator asks for so long before it measures; seconds. Other people's
/// servers may have a compiler that wants to see the work first.
constexpr double kGeneratorWarmup = 0.15;
constexpr double kPeerWarmup = 1;

/// Of a time line; seconds. A longer window has longer buckets.
constexpr double kBucket = 0.05;
constexpr double kMostBuckets = 400;

/// The workload without what only its clients do with it.
Parameters work_of(const Workload& workload) {
  Parameters parameters = workload.asked;
  for (const char* name : {"load", "rate"}) parameters.set(name, "");
  return parameters;
}

double timeout_of(const Workload& workload) {
  return workload.asked.real("timeout-ms") * 1e-3;
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

std::vector<LoadRequest> requests_of(const Json& answers) {
  std::vector<LoadRequest> all;
  for (const Json& one : answers) {
    LoadRequest& request = all.emplace_back();
    one.at("target").get_to(request.target);
    one.at("share").get_to(request.share);
    one.at("status").get_to(request.status);
    if (one.at("body").is_string()) request.body = one.at("body");
  }
  return all;
}

/// What there is of a peer; at most one of the two is not empty.
struct Program {
  std::string version;
  std::string missing;  ///< why there is none
};

Program look_for(const PeerInfo& peer) {
  try {
    if (const auto reason = peer.why_missing()) return {"", *reason};
    return {peer.version(), ""};
  } catch (const std::exception&) {
    return {};  // it is there: whatever ails it, its repetitions will tell
  }
}

}  // namespace

bool Sweep::take_over_calibration(Workload& workload) const {
  if (!workload.serves()) return false;
  for (const Workload& other : plan_.workloads) {
    if (&other == &workload) return false;
    if (other.scenario != workload.scenario ||
        work_of(other) != work_of(workload)) {
      continue;
    }
    workload.trouble = other.trouble;
    if (!workload.trouble.empty()) return true;
    for (const Parameter& parameter : workload.scenario->parameters) {
      if (!parameter.found) continue;
      workload.parameters.set(parameter.name,
                              other.parameters.word(parameter.name));
    }
    workload.length = other.length;
    workload.requests = other.requests;
    return true;
  }
  return false;
}

void Sweep::look_for_peers() {
  std::map<const PeerInfo*, Program> known;
  for (Cell& cell : plan_.cells) {
    if (cell.peer == nullptr) continue;
    if (!known.contains(cell.peer)) known[cell.peer] = look_for(*cell.peer);
    cell.peer_version = known[cell.peer].version;
    cell.missing = known[cell.peer].missing;
    if (!cell.missing.empty()) continue;
    const Workload& workload = *cell.workload;
    for (const RequestKind& kind :
         workload.scenario->requests(workload.parameters)) {
      if (cell.peer->serves(kind.target)) continue;
      cell.missing =
          cell.peer->id + " has no answer of its own to " + kind.target;
    }
  }
}

ServerProcess Sweep::start_server(const Cell& cell, double seconds,
                                  std::uint16_t backend_port) {
  const Workload& workload = *cell.workload;
  const std::vector<int> cpus = cpus_of(cell);
  if (cell.peer != nullptr) {
    PeerOrder order;
    order.workers = cell.size.workers;
    order.connections = workload.connections();
    order.idle_connections = workload.idle_connections();
    order.seed = request_.seed;
    order.size_per_ms =
        static_cast<std::uint64_t>(workload.parameters.integer("size"));
    return ServerProcess::start_command(
        cell.peer->id, cpus,
        [&](std::uint16_t port, const std::string& folder) {
          order.port = port;
          order.folder = folder;
          return cell.peer->command(order);
        });
  }
  ServeOrder what;
  what.limits = limits_for(seconds, timeout_of(workload));
  what.order.scenario = workload.scenario->id;
  what.order.parameters = workload.parameters;
  what.order.seed = request_.seed;
  what.order.model = cell.model->name();
  what.order.model_parameters = cell.model_parameters;
  what.order.cpus = cpus;
  what.order.workers = cell.size.workers;
  what.order.in_flight = cell.size.in_flight;
  what.order.surroundings.backend_port = backend_port;
  return ServerProcess::start(what, listen_on(0, cell.model->own_listeners));
}

LoadOrder Sweep::load_order(const Cell& cell, std::optional<double> rate,
                            double seconds) const {
  const Workload& workload = *cell.workload;
  LoadOrder order;
  order.requests = requests_of(workload.requests);
  order.connections = workload.connections();
  order.idle_connections = workload.idle_connections();
  const Parameters& asked = workload.asked;
  order.keep_alive =
      !asked.has("keep-alive") || asked.word("keep-alive") == "yes";
  order.rate = rate;
  order.arrival = asked.word("arrival") == "poisson"
                      ? LoadOrder::Arrival::poisson
                      : LoadOrder::Arrival::constant;
  order.warmup_seconds = cell.peer != nullptr ? kPeerWarmup : kGeneratorWarmup;
  order.seconds = seconds;
  order.timeout_seconds = timeout_of(workload);
  // Arrivals are others in each repetition, and the same for all models.
  order.seed = request_.seed + static_cast<std::uint64_t>(cell.repetitions);
  order.cpus = cpus_for_others(cell);
  // One thread asks for more than one core can answer.
  const auto cpus = static_cast<std::uint32_t>(order.cpus.size());
  const auto cores = static_cast<std::uint32_t>(cell.cores);
  order.threads = shares_cpus(cell) ? 1 : std::min(cpus, cores);
  if (order.requests.size() > 1) {
    order.timeline_seconds = std::max(kBucket, seconds / kMostBuckets);
  }
  return order;
}

Json Sweep::repeat_requests(const Cell& cell, std::optional<double> rate,
                            double seconds) {
  const std::int64_t began = now_ns();
  const Companion companion(cell, cpus_for_others(cell));
  ServerProcess server = start_server(cell, seconds, companion.port());
  const double start_seconds = seconds_between(began, now_ns());
  LoadOrder order = load_order(cell, rate, seconds);
  order.port = server.port();
  order.server_pid = server.pid();
  std::vector<pid_t> spared = companion.processes();
  for (const pid_t process : server.processes()) spared.push_back(process);
  const double deadline =
      request_.deadline > 0
          ? request_.deadline
          : 30 + 3 * (order.warmup_seconds + seconds + order.timeout_seconds);
  const Outcome outcome =
      run_isolated({"bench", "__load", to_text(order), "{report}"}, {},
                   deadline, interruption_, spared);
  if (outcome.kind == Outcome::Kind::interrupted) {
    counts_.interrupted = true;
    return {};
  }
  Json json = result_of(outcome, deadline);
  if (!json.contains("status")) json = figures_of(cell, json);
  json["start_seconds"] = start_seconds;
  stop_server(server, cell, json);
  if (json.contains("http")) {
    json["http"]["generator_shares_cpus"] = shares_cpus(cell);
  }
  companion.report(json);
  json["tree_cpu_seconds"] =
      server.end().cpu_seconds() + outcome.usage.cpu_seconds();
  json["isolated_seconds"] = seconds_between(began, now_ns());
  return json;
}

void Sweep::stop_server(const ServerProcess& server, const Cell& cell,
                        Json& result) {
  // A figure of a server that died is no figure, whatever clients saw of it.
  if (const std::optional<std::string> death = server.death()) {
    result = failed("the server " + *death + " while it was measured");
    return;
  }
  const std::int64_t asked = now_ns();
  const ServerEnd end = server.stop(kGrace);
  result["teardown_seconds"] = seconds_between(asked, now_ns());
  // How other programs end is their business.
  if (cell.peer != nullptr || end.clean() || result.at("status") != "ok")
    return;
  result = failed("the server, asked to stop, " + end.how);
}

Json Sweep::repeat_requests(const Cell& cell) {
  const Workload& workload = *cell.workload;
  std::optional<double> rate = workload.rate();
  if (workload.load() > 0) {
    if (cell.capacity <= 0) {
      return failed("nobody knows its capacity: " + cell.trouble);
    }
    rate = cell.capacity * workload.load() / 100;
  }
  return repeat_requests(cell, rate, duration_of(request_, workload));
}

void Sweep::find_capacity(Cell& cell) {
  const double duration = duration_of(request_, *cell.workload);
  cell.predicted_seconds =
      duration + kAroundRequests + (cell.peer != nullptr ? kPeerWarmup : 0);
  auto known = pilots_.find(cell.name_of_server());
  if (known == pilots_.end()) {
    const Json pilot = attempt([&] {
      return repeat_requests(cell, cell.workload->rate(),
                             pilot_of_requests(duration));
    });
    if (pilot.empty()) return;
    known = pilots_.emplace(cell.name_of_server(), pilot).first;
  }
  const Json& pilot = known->second;
  if (pilot.at("status") != "ok") {
    cell.trouble = pilot.at("reason").get<std::string>();
  } else if (!cell.workload->rate()) {
    cell.capacity =
        pilot.at("jobs").get<double>() / pilot.at("work_seconds").get<double>();
  }
}

}  // namespace bench
