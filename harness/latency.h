// Latency: percentiles over the records of one repetition.
#pragma once

#include "harness/cell.h"
#include "harness/posix/shared_array.h"

namespace bench {

/// Adds latency_p50_seconds and its sisters to `json`. A percentile that the
/// number of jobs does not carry is null: p99 needs 10,000, p99.9 100,000.
void add_latency(Json& json, const SharedArray<Record>& records);

}  // namespace bench
