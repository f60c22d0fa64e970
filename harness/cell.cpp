// Cell: its name and its identity in the results.
#include "harness/cell.h"

#include <algorithm>

namespace bench {
namespace {

/// "/job-us:100" for every parameter that differs from its default.
std::string unusual(const std::vector<Parameter>& known,
                    const Parameters& values) {
  std::string text;
  for (const Parameter& parameter : known) {
    if (!values.has(parameter.name)) continue;
    const std::string& value = values.word(parameter.name);
    if (value == parameter.fallback) continue;
    text += "/" + parameter.name + ":" + value;
  }
  return text;
}

}  // namespace

std::string Cell::name() const {
  std::string text = workload->scenario->id + "/";
  if (model != nullptr) {
    std::string who = model->name();
    std::replace(who.begin(), who.end(), '/', '+');
    text += who;
  } else {
    text += primitive->id;
  }
  text += unusual(workload->scenario->parameters, workload->asked);
  if (model != nullptr) text += unusual(model->parameters, model_parameters);
  if (limit) text += "/in-flight:" + std::to_string(*limit);
  return text + "/cores:" + std::to_string(cores) +
         "/workers:" + std::to_string(size.workers);
}

int Cell::busiest_cpus() const {
  const bool one = model != nullptr ? model->one_worker : primitive->one_worker;
  return one ? 1 : std::min(cores, static_cast<int>(size.workers));
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

Json Cell::identity() const {
  Json json;
  const std::string name = this->name();
  json["name"] = name;
  json["run_name"] = name;
  json["scenario"] = workload->scenario->id;
  json["kind"] = model != nullptr ? "model" : "floor";
  json["model"] = model != nullptr ? model->id : primitive->id;
  json["variant"] = nullptr;
  if (model != nullptr && !model->variant.empty()) {
    json["variant"] = model->variant;
  }
  json["cores"] = cores;
  json["workers"] = size.workers;
  json["in_flight"] = size.in_flight;
  json["in_flight_limit"] = limit ? Json(*limit) : Json(nullptr);
  json["workers_rule"] = size.rule ? Json(*size.rule) : Json(nullptr);
  json["params"] =
      to_json(workload->scenario->parameters, workload->parameters);
  json["model_params"] = model != nullptr
                             ? to_json(model->parameters, model_parameters)
                             : Json::object();
  json["floor"] = nullptr;
  if (model != nullptr) {
    const std::string& floor =
        workload->waits() ? model->waiting_floor : model->floor;
    if (!floor.empty()) json["floor"] = floor;
  }
  json["wait_seconds"] = workload->demand.wait;
  json["compute_seconds"] = workload->demand.compute;
  return json;
}

Json to_json(const std::vector<Parameter>& known, const Parameters& values) {
  Json json = Json::object();
  for (const Parameter& parameter : known) {
    std::string key = parameter.name;
    std::replace(key.begin(), key.end(), '-', '_');
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
