// Latency: percentiles over the records of one repetition.
#pragma once

#include "harness/cell.h"
#include "harness/posix/shared_array.h"

namespace bench {

/// Adds latency_p50_seconds and its sisters to `json`. A percentile that the
/// number of jobs does not carry is null: p99 needs 10,000, p99.9 100,000.
void add_latency(Json& json, const SharedArray<Record>& records);

/// Adds little_ratio: the rate at which jobs are begun while all `in_flight`
/// places are taken, times the mean latency of those jobs, over `in_flight`.
/// Little's law says 1, if the model does keep so many in flight; null if the
/// batch is too small to tell. [Little 1961, L = lambda W]
void add_littles_law(Json& json, const SharedArray<Record>& records,
                     std::uint32_t in_flight);

}  // namespace bench
