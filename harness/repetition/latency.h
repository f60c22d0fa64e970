// Latency: percentiles over the records of one repetition, and Little's law.
#pragma once

#include <cstdint>

#include "harness/core/batch.h"
#include "harness/core/json.h"
#include "harness/posix/shared_array.h"

namespace bench {

/// Adds latency_p50_seconds and its sisters to `json`. A percentile that the
/// number of jobs does not carry is null: p99 needs 10,000, p99.9 100,000.
///
/// Latency counts from admission. A batch is a closed loop of `places`: the
/// first jobs are admitted when the gate opens, at `opened`, and each further
/// one at the moment when a place becomes free, whenever the model gets round
/// to begin it. From its begin on, a job that its worker is too busy to begin
/// would look quick: that is coordinated omission.
///
/// little_ratio is the rate at which jobs are admitted while all places are
/// taken, times the mean latency of those jobs, over `places`: by Little's law
/// 1, whatever the jobs do. Null if the batch is too small to tell.
/// in_flight_mean and in_flight_peak are how many were begun and not finished,
/// in the mean and at most: a model that is busy need not use all its places.
/// [Little 1961, L = lambda W]
void add_latency(Json& json, const SharedArray<Record>& records,
                 std::uint32_t places, std::int64_t opened);

}  // namespace bench
