// Registry: all models, scenarios and primitives that are linked in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/model.h"
#include "harness/core/primitive.h"
#include "harness/core/scenario.h"

namespace bench {

/// Sorted by the order in which a class meets them, then by name. Filled by
/// static objects before main(); read-only afterwards.
const std::vector<ModelInfo>& all_models();
const std::vector<ModelInfo>& all_yardsticks();
const std::vector<ScenarioInfo>& all_scenarios();
const std::vector<PrimitiveInfo>& all_primitives();

/// The models that `pattern` names: "all" (without variants), a name, or a
/// glob over names ("prefork/*", "all/*" for everything). Throws
/// std::invalid_argument naming `flag` if it names none.
std::vector<const ModelInfo*> find_models(const std::string& flag,
                                          const std::string& patterns);
std::vector<const ScenarioInfo*> find_scenarios(const std::string& flag,
                                                const std::string& patterns);

/// Also of a yardstick.
/// REQUIRES: there is one; throws std::invalid_argument otherwise.
const ModelInfo& model_named(std::string_view name);
const ScenarioInfo& scenario_named(std::string_view id);

}  // namespace bench
