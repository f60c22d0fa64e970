// What tests of plans ask: on four CPUs, which cells, or which refusal.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "harness/sweep/plan.h"

namespace bench {

inline Cpus four_cpus() {
  return Cpus::of({{.id = 0, .core = 0},
                   {.id = 1, .core = 1},
                   {.id = 2, .core = 2},
                   {.id = 3, .core = 3}});
}

inline Plan plan_of(const Request& request) {
  return Plan::make(request, four_cpus());
}

/// Of the cells, in their order.
inline std::vector<std::string> names(Request request) {
  request.repetitions = 1;  // too few for a control
  std::vector<std::string> all;
  const Plan plan = plan_of(request);
  for (const Cell& cell : plan.cells) all.push_back(cell.name());
  return all;
}

/// The sentence, or "accepted".
inline std::string refusal(const Request& request) {
  try {
    plan_of(request);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace bench
