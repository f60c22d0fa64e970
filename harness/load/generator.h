// LoadGenerator: asks an HTTP server for answers and measures them.
//
//     LoadOrder order;
//     order.port = 8080;
//     const Json report = run_load(order);
//
// Knows 127.0.0.1 and HTTP/1.1. Runs in a process of its own, on CPUs that the
// server does not use, wherever that is possible.
#pragma once

#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/load/order.h"

namespace bench {

/// Opens the connections, warms up, measures, waits up to a time limit for the
/// answers of the window; returns the report (harness/load/report.h). Binds
/// the calling thread to order.cpus. Fewer connections than threads make as
/// many threads as connections. Throws std::exception if it cannot begin, for
/// want of descriptors or because the order makes no sense; a server that does
/// not answer is a result.
Json run_load(LoadOrder order);

/// The inner verb `__load ORDER DESCRIPTOR`: writes the report as one line of
/// JSON to the descriptor. Returns the exit code; throws std::exception.
int run_load_process(const std::vector<std::string>& words);

}  // namespace bench
