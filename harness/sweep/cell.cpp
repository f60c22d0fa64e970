// Cell: its name and its identity in the results.
#include "harness/sweep/cell.h"

#include <algorithm>

namespace bench {
namespace {

/// "/job-us:100" for every parameter that differs from its default, but for
/// `hidden`. Slashes stand between parameters, never within one.
std::string unusual(const std::vector<Parameter>& known,
                    const Parameters& values, const std::string& hidden) {
  std::string text;
  for (const Parameter& parameter : known) {
    if (!values.has(parameter.name) || parameter.name == hidden) continue;
    std::string value = values.word(parameter.name);
    if (value == parameter.fallback) continue;
    std::erase(value, '/');
    text += "/" + parameter.name + ":" + value;
  }
  return text;
}

}  // namespace

std::optional<double> Workload::rate() const {
  if (!asked.has("rate")) return std::nullopt;
  return asked.real("rate");
}

double Workload::load() const {
  if (!asked.has("load") || asked.word("load") == "closed") return 0;
  return asked.real("load");
}

std::uint32_t Workload::connections() const {
  return static_cast<std::uint32_t>(asked.integer("connections"));
}

std::uint32_t Workload::idle_connections() const {
  if (!asked.has("idle-connections")) return 0;
  return static_cast<std::uint32_t>(asked.integer("idle-connections"));
}

std::string Cell::name() const { return name_without(""); }

std::string Cell::name_of_server() const { return name_without("load"); }

std::string Cell::who() const {
  if (peer != nullptr) return peer->id;
  return model != nullptr ? model->name() : primitive->id;
}

std::string Cell::name_without(const std::string& parameter) const {
  std::string who = this->who();
  std::replace(who.begin(), who.end(), '/', '+');
  std::string text = workload->scenario->id + "/" + who;
  text += unusual(workload->scenario->parameters, workload->asked, parameter);
  if (model != nullptr) {
    text += unusual(model->parameters, model_parameters, parameter);
  }
  if (limit && !workload->serves()) {
    text += "/in-flight:" + std::to_string(*limit);
  }
  return text + "/cores:" + std::to_string(cores) +
         "/workers:" + std::to_string(size.workers);
}

bool Cell::has_one_loop() const {
  if (peer != nullptr) return peer->one_worker;
  return model != nullptr && (model->one_worker || model->in_uv_pool ||
                              model->serves == ModelInfo::Serves::in_parent);
}

int Cell::busiest_cpus() const {
  const bool one = model != nullptr       ? model->one_worker
                   : primitive != nullptr ? primitive->one_worker
                                          : peer->one_worker;
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
  json["kind"] = model != nullptr  ? "model"
                 : peer != nullptr ? "peer"
                                   : "floor";
  json["model"] = model != nullptr ? model->id : who();
  json["variant"] = nullptr;
  if (model != nullptr && !model->variant.empty()) {
    json["variant"] = model->variant;
  }
  json["cores"] = cores;
  json["workers"] = size.workers;
  json["in_flight"] = size.in_flight;
  json["in_flight_limit"] = or_null(limit);
  json["workers_rule"] = or_null(size.rule);
  json["params"] =
      to_json(workload->scenario->parameters, workload->parameters);
  json["model_params"] = model != nullptr
                             ? to_json(model->parameters, model_parameters)
                             : Json::object();
  json["floor"] = nullptr;
  if (model != nullptr && !workload->serves()) {
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
