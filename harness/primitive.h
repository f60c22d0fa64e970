// Primitive: the bare mechanism under a model, as a native benchmark.
//
// A model cannot be cheaper than the mechanism it stands on. Primitives are
// measured in the same run as the models, so that the distance is a ratio of
// two figures from one machine and one hour.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <source_location>
#include <string>

namespace bench {

/// One floor. `body` loops over the state; state.range(0) is the number of
/// workers; it starts and ends its own threads and processes, and throws if
/// it cannot.
struct PrimitiveInfo {
  std::string id;       ///< "tbb-queue"
  std::string summary;  ///< one line
  void (*body)(benchmark::State&);
  bool one_worker = false;
  std::string file = {};  ///< filled in at registration
};

struct RegisterPrimitive {
  explicit RegisterPrimitive(
      PrimitiveInfo info,
      std::source_location where = std::source_location::current());
};

}  // namespace bench
