// Registry: filled by static objects, searched by glob.
#include "harness/core/registry.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "harness/core/choose.h"
#include "harness/core/pinning.h"

namespace bench {
namespace {

std::vector<ModelInfo>& models() {
  static std::vector<ModelInfo> all;
  return all;
}
std::vector<ModelInfo>& yardsticks() {
  static std::vector<ModelInfo> all;
  return all;
}
std::vector<ScenarioInfo>& scenarios() {
  static std::vector<ScenarioInfo> all;
  return all;
}
std::vector<PrimitiveInfo>& primitives() {
  static std::vector<PrimitiveInfo> all;
  return all;
}

/// The path of a source file from the project's root.
std::string relative(const std::source_location& where) {
  const std::string_view path = where.file_name();
  const std::string_view root = BENCH_SOURCE_DIR "/";
  return std::string(path.starts_with(root) ? path.substr(root.size()) : path);
}

std::string model_name(const ModelInfo& model) { return model.name(); }
std::string scenario_id(const ScenarioInfo& scenario) { return scenario.id; }

}  // namespace

const std::vector<ModelInfo>& all_models() { return models(); }
const std::vector<ModelInfo>& all_yardsticks() { return yardsticks(); }
const std::vector<ScenarioInfo>& all_scenarios() { return scenarios(); }
const std::vector<PrimitiveInfo>& all_primitives() { return primitives(); }

std::vector<const ModelInfo*> find_models(const std::string& flag,
                                          const std::string& patterns) {
  const auto selects = [](const std::string& pattern, const ModelInfo& model) {
    if (pattern == "all") return model.variant.empty();
    if (pattern == "all/*") return true;
    return matches(pattern, model.name());
  };
  return choose(models(), flag, patterns, selects, model_name);
}

std::vector<const ScenarioInfo*> find_scenarios(const std::string& flag,
                                                const std::string& patterns) {
  const auto selects = [](const std::string& pattern,
                          const ScenarioInfo& scenario) {
    return pattern == "all" || matches(pattern, scenario.id);
  };
  return choose(scenarios(), flag, patterns, selects, scenario_id);
}

const ModelInfo& model_named(std::string_view name) {
  for (const auto* all : {&models(), &yardsticks()}) {
    for (const ModelInfo& model : *all) {
      if (model.name() == name) return model;
    }
  }
  throw std::invalid_argument("there is no model '" + std::string(name) + "'");
}

const ScenarioInfo& scenario_named(std::string_view id) {
  for (const ScenarioInfo& scenario : scenarios()) {
    if (scenario.id == id) return scenario;
  }
  throw std::invalid_argument("there is no scenario '" + std::string(id) + "'");
}

RegisterModel::RegisterModel(ModelInfo info, std::source_location where) {
  info.file = relative(where);
  if (info.yardstick) {
    yardsticks().push_back(std::move(info));
    return;
  }
  // Where a worker is made for each job, there is nobody to keep in place.
  if (!info.worker_per_job) info.parameters.push_back(pin_parameter());
  models().push_back(std::move(info));
  std::sort(models().begin(), models().end(),
            [](const ModelInfo& a, const ModelInfo& b) {
              if (a.rank != b.rank) return a.rank < b.rank;
              return a.name() < b.name();
            });
}

RegisterScenario::RegisterScenario(ScenarioInfo info,
                                   std::source_location where) {
  info.file = relative(where);
  scenarios().push_back(std::move(info));
  std::sort(
      scenarios().begin(), scenarios().end(),
      [](const ScenarioInfo& a, const ScenarioInfo& b) { return a.id < b.id; });
}

RegisterPrimitive::RegisterPrimitive(PrimitiveInfo info,
                                     std::source_location where) {
  info.file = relative(where);
  primitives().push_back(std::move(info));
  std::sort(primitives().begin(), primitives().end(),
            [](const PrimitiveInfo& a, const PrimitiveInfo& b) {
              return a.id < b.id;
            });
}

}  // namespace bench
