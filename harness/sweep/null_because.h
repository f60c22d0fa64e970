// Null because: no figure of an entry is null without a reason.
#pragma once

#include "harness/core/json.h"
#include "harness/sweep/cell.h"

namespace bench {

/// Why figures of an `entry` of `cell` are null: {"its jobs ask no backend":
/// ["backend_cpu_seconds"]}. Figures inside "http" have that before their name
/// and a dot. REQUIRES: it is one of a repetition that went well; of one that
/// has failed, "reason" says why there are none.
Json null_because(const Json& entry, const Cell& cell);

}  // namespace bench
