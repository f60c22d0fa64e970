// Fault: something goes wrong with a server while it is asked, on purpose. What
// does that cost its clients?
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/core/json.h"
#include "harness/load/order.h"
#include "harness/load/tally.h"

namespace bench {

/// What was done to a server; nanoseconds since the window opened.
struct Damage {
  std::int64_t at = 0;
  /// The last process that serves had come or gone, and there were as many as
  /// before; empty if they were fewer, or more, to the end.
  std::optional<std::int64_t> whole;
};

/// Sleeps until the moment of order.fault, does what it says to the tree of
/// processes under order.server_pid, and watches that until the window closes.
/// Those that serve are the leaves of the tree that are not stopped: whoever
/// only waits for children has some. Throws std::runtime_error if there is
/// nobody to do it to, and std::system_error.
Damage damage_server(const LoadOrder& order, std::int64_t opens,
                     std::int64_t closes);

/// What it cost, as the report's object `fault`; times in seconds since it was
/// done, null: never in the window. `asked`: all requests of the window.
///
/// Before it are the requests that were over by then; all others are `asked`.
/// Of these, `lost` have no right answer, or one that came later than
/// order.timeout_seconds after the request was meant to leave: nobody waits for
/// it any more. `delayed` have waited longer than ten times the median before.
/// `full_strength_seconds` is when the first request after it was answered, of
/// those from where on answers are 95 % of what they were, for four buckets in
/// a row; or when the server is whole again, if that is later. The p99 are of
/// the time before and of the first second after, where what is lost counts
/// with the time limit.
Json fault_figures(const LoadOrder& order, const Damage& damage,
                   const std::vector<Asked>& asked);

}  // namespace bench
