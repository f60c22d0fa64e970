// Cell: its name and its identity in the results.
#include "harness/sweep/cell.h"

#include <algorithm>

namespace bench {
namespace {

/// "/job-us:100" for every parameter that differs from its default, but for
/// those that are hidden or left to the harness. Slashes stand between
/// parameters, never within one.
std::string unusual(const std::vector<Parameter>& known,
                    const Parameters& values,
                    const std::vector<std::string>& hidden) {
  std::string text;
  for (const Parameter& parameter : known) {
    if (!values.has(parameter.name) ||
        std::find(hidden.begin(), hidden.end(), parameter.name) !=
            hidden.end()) {
      continue;
    }
    std::string value = values.word(parameter.name);
    if (value == parameter.fallback) continue;
    std::erase(value, '/');
    text += "/" + parameter.name + ":" + value;
  }
  return text;
}

/// "uv-pool" -> "uv_pool": what a parameter is called in JSON.
std::string key_of(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace

Workload::Kind Workload::kind() const {
  if (scenario->service) return Kind::requests;
  return scenario->make ? Kind::batch : Kind::floor;
}

Parameters Workload::work() const {
  Parameters found = parameters;
  for (const Parameter& one : scenario->parameters) {
    if (one.is_pace) found.set(one.name, "");
  }
  return found;
}

std::string Cell::name_of_server() const {
  std::vector<std::string> hidden;
  for (const Parameter& parameter : workload->scenario->parameters) {
    if (parameter.is_pace && workload->traffic.rate == 0) {
      hidden.push_back(parameter.name);
    }
  }
  return name_without(hidden);
}

std::string Cell::name_without(const std::vector<std::string>& hidden) const {
  std::string who = subject.name();
  std::replace(who.begin(), who.end(), '/', '+');
  std::string text = workload->scenario->id + "/" + who;
  text += unusual(workload->scenario->parameters, workload->parameters, hidden);
  std::vector<std::string> unsaid = hidden;
  unsaid.push_back(automatic);
  text += unusual(subject.parameters, own_parameters, unsaid);
  if (limit && !workload->serves()) {
    text += "/in-flight:" + std::to_string(*limit);
  }
  return text + "/cores:" + std::to_string(cores) +
         "/workers:" + std::to_string(size.workers) +
         (control ? "/control" : "");
}

int Cell::busiest_cpus() const {
  return subject.one_worker ? 1
                            : std::min(cores, static_cast<int>(size.workers));
}

double Cell::ideal_rate() const {
  // No job is quicker than this: it bounds a batch of jobs that compute
  // nothing.
  constexpr double kLeastSeconds = 5e-6;
  const double together = std::min<double>(busiest_cpus(), size.in_flight);
  const double compute = std::max(workload->demand.compute, kLeastSeconds);
  return std::min(size.in_flight / (workload->demand.wait + compute),
                  together / compute);
}

Json identity_of(const Trial& trial) {
  const Cell& cell = *trial.cell;
  const Workload& workload = *cell.workload;
  const Subject& subject = cell.subject;
  Json json;
  const std::string name = cell.name();
  json["name"] = name;
  json["run_name"] = name;
  json["scenario"] = workload.scenario->id;
  json["kind"] = cell.control ? "control" : subject.kind;
  json["model"] = subject.id;
  json["variant"] = or_null(subject.variant);
  json["cores"] = cell.cores;
  json["workers"] = cell.size.workers;
  json["in_flight"] = cell.size.in_flight;
  json["in_flight_limit"] = or_null(cell.limit);
  json["workers_rule"] = or_null(cell.size.rule);
  json["params"] =
      to_json(workload.scenario->parameters, trial.prepared->parameters);
  json["model_params"] = to_json(subject.parameters, cell.own_parameters);
  json["auto_params"] = Json::array();
  if (!cell.automatic.empty()) {
    json["auto_params"].push_back(key_of(cell.automatic));
  }
  json["floor"] = nullptr;
  if (!workload.serves()) {
    json["floor"] =
        or_null(workload.waits() ? subject.waiting_floor : subject.floor);
  }
  json["wait_seconds"] = workload.demand.wait;
  json["compute_seconds"] = workload.demand.compute;
  return json;
}

Json to_json(const std::vector<Parameter>& known, const Parameters& values) {
  Json json = Json::object();
  for (const Parameter& parameter : known) {
    const std::string key = key_of(parameter.name);
    if (!values.has(parameter.name)) {
      json[key] = nullptr;
    } else if (parameter.kind == Parameter::Kind::word) {
      json[key] = values.word(parameter.name);
    } else {
      json[key] = Json::parse(values.word(parameter.name));
    }
  }
  return json;
}

}  // namespace bench
