// Load order: what a generator is told to do to the server of a cell.
#pragma once

#include "harness/load/order.h"
#include "harness/sweep/runner.h"

namespace bench {

/// The generator asks for so long before it measures; seconds. Other people's
/// servers may have a compiler that wants to see the work first.
double warmup_of(const Cell& cell);

/// Measures the cell's server for `seconds`; `rate`: of an open loop, or 0. The
/// generator has a thread for each of the cell's cores, as far as CPUs are left
/// for it; where none are it has one. Port and server are the caller's to say.
LoadOrder load_order(const Run& run, const Trial& trial, double rate,
                     double seconds);

}  // namespace bench
