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
    text += who + unusual(workload->scenario->parameters, workload->asked) +
            unusual(model->parameters, model_parameters);
  } else {
    text += primitive->id;
  }
  return text + "/cores:" + std::to_string(cores) +
         "/workers:" + std::to_string(workers);
}

std::uint32_t Cell::in_flight() const {
  const bool deep = model_parameters.has("depth");
  return workers * static_cast<std::uint32_t>(
                       deep ? model_parameters.integer("depth") : 1);
}

Json Cell::identity() const {
  Json json;
  const std::string name = this->name();
  json["name"] = name;
  json["run_name"] = name;
  json["scenario"] = workload->scenario->id;
  json["model"] = model != nullptr ? model->id : primitive->id;
  json["variant"] = nullptr;
  if (model != nullptr && !model->variant.empty()) {
    json["variant"] = model->variant;
  }
  json["cores"] = cores;
  json["workers"] = workers;
  json["in_flight"] = in_flight();
  json["params"] =
      to_json(workload->scenario->parameters, workload->parameters);
  json["floor"] = nullptr;
  if (model != nullptr && !model->floor.empty()) json["floor"] = model->floor;
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
