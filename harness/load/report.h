// LoadReport: what a load generator says at the end.
#pragma once

#include "harness/core/json.h"
#include "harness/load/order.h"
#include "harness/load/tally.h"

namespace bench {

/// From this share of a thread's time on a generator is what limits, or delays.
/// Its queue is as long as its work by then. [M/D/1 at 0.7: 1.2 services]
constexpr double kBusyGenerator = 0.7;
/// Seconds by which a request or an answer may be late by its fault (p99).
constexpr double kLateGenerator = 1e-3;

/// The report of a run of `order` in which all threads together have seen
/// `tally`; `server`: what Consumption found, or null. Times are in seconds,
/// histograms in nanoseconds.
///
/// `latency` counts from the intended send in an open loop, and from the send
/// in a closed one; where a request needs a new connection, that is the moment
/// when the connection is asked for. `naive` is the open loop's from the
/// actual send: what a generator reports that does not send while it waits.
/// Both hold everybody who got an answer, right or wrong, those timed out (with
/// the limit) and those in flight at the end (with their latency if it was
/// known in time, else with what they had waited by then). Who was turned away
/// or cut off is counted under `reset` and has no latency.
///
/// `little_ratio`: requests in flight by Little's law, rate x mean latency,
/// over `connections`; closed loop only. [Little 1961, L = lambda W]
Json load_report(const LoadOrder& order, const Tally& tally, Json server);

}  // namespace bench
