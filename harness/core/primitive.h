// Primitive: the bare mechanism under a model, as a native benchmark.
//
// A model cannot be cheaper than the mechanism it stands on. Primitives are
// measured in the same run as the models, so that the distance is a ratio of
// two figures from one machine and one hour.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <source_location>
#include <string>
#include <vector>

#include "harness/core/gate.h"
#include "harness/core/parameters.h"

namespace bench {

/// What a primitive is asked to do, beside its number of workers.
struct PrimitiveTask {
  Parameters parameters;  ///< of the scenario
  std::uint64_t seed = 0;
  std::uint32_t in_flight = 1;
  std::uint16_t backend_port = 0;
  std::vector<int> cpus;  ///< of the cell, to which the process is bound
};

/// One floor. `body` loops over the state; state.range(0) is the number of
/// workers. It starts its threads and processes, lets all of them and itself
/// pass one Gate, does all iterations in the timed loop, ends what it started
/// and calls count_usage_from(); it throws if it cannot.
struct PrimitiveInfo {
  std::string id;       ///< "tbb-queue"
  std::string summary;  ///< one line
  std::function<void(benchmark::State&)> body;
  bool one_worker = false;
  /// The scenario whose jobs it does: its cells stand beside the models'.
  std::string scenario = "primitives";
  /// The floor of the models that are made like it, where that is another one:
  /// it stands beside them where the question is what handing out costs, and
  /// elsewhere if scenario primitives is asked for as well.
  std::string beside = {};
  /// Not empty: it stands under no model and is a price of the machine, which
  /// is measured on so many cores, whatever models were asked for.
  std::vector<int> cores = {};
  /// A program of other people's does it: it is measured if --peers names it.
  std::string peer = {};
  /// Whether it can do jobs with these parameters.
  bool (*fits)(const Parameters&) = [](const Parameters&) { return true; };
  std::string file = {};  ///< filled in at registration
};

/// For a primitive's body. [harness/repetition/native.cpp sets it]
const PrimitiveTask& primitive_task();

/// For the end of a primitive's body, when its workers are gone: what was
/// consumed since they entered `gate` is the primitive's; start-up is not.
void count_usage_from(const Gate& gate);
/// Or what somebody else says was consumed, who read it.
void count_usage(const Usage& usage);

struct RegisterPrimitive {
  explicit RegisterPrimitive(
      PrimitiveInfo info,
      std::source_location where = std::source_location::current());
};

}  // namespace bench
