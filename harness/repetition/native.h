// Native: running a primitive with Google Benchmark, in a fresh process.
#pragma once

#include <cstdint>
#include <string>

#include "harness/core/primitive.h"
#include "harness/system/usage.h"

namespace bench {

struct NativeResult {
  std::int64_t iterations = 0;
  double seconds = 0;  ///< wall time of all iterations
  Usage usage;         ///< of its processes, since all workers were ready
};

/// Runs primitive `id` for `iterations`, or, if that is 0, for as many as
/// Google Benchmark finds to fill `min_seconds`. Throws std::runtime_error if
/// the primitive fails.
NativeResult run_primitive(const std::string& id, std::uint32_t workers,
                           std::size_t iterations, double min_seconds,
                           const PrimitiveTask& task);

}  // namespace bench
