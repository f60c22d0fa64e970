// For tests of models: which there are, and their names.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "harness/core/registry.h"

namespace bench {

inline Parameters defaults_of(const std::vector<Parameter>& known) {
  Parameters parameters;
  for (const Parameter& parameter : known) {
    parameters.set(parameter.name, parameter.settled());
  }
  return parameters;
}

/// Yardsticks as well: they must do the jobs just as rightly.
inline std::vector<const ModelInfo*> models_that_run() {
  std::vector<const ModelInfo*> all;
  for (const ModelInfo& model : all_yardsticks()) all.push_back(&model);
  for (const ModelInfo& model : all_models()) {
    if (model.runs) all.push_back(&model);
  }
  return all;
}

inline std::vector<const ModelInfo*> models_that_serve() {
  std::vector<const ModelInfo*> all;
  for (const ModelInfo& model : all_models()) {
    if (model.serves != ModelInfo::Serves::nobody) all.push_back(&model);
  }
  return all;
}

/// "thread-pool/loops_io" -> "thread_pool_loops_io": a name for GoogleTest.
inline std::string as_test_name(std::string name) {
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

}  // namespace bench
