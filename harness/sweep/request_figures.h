// Figures of requests: what a load generator has found, as the figures of an
// entry.
#pragma once

#include "harness/sweep/cell.h"
#include "harness/sweep/hosted.h"

namespace bench {

/// The figures of a repetition from the generator's report
/// [harness/load/report.h], as make_entry() takes them: "status" is failed, and
/// "reason" says why, if answers were wrong, if there were none, or if nobody
/// could see what the server consumed.
Json figures_of(const Trial& trial, const Json& report);

/// The workers of a server as a list of "connections", "requests" and
/// "cpu_seconds", which is null of a thread that `cpu_by_thread` does not know
/// [harness/load/consumption.h]; null if there is no account.
Json workers_of(const std::vector<WorkerAccount>& account,
                const Json& cpu_by_thread);

/// Jain's index of each of these over the workers, (sum x)^2 / (n sum x^2): 1
/// if all have the same, 1 / n if one has it all; null if there is nothing, or
/// not known of each, and of workers that are null. [Jain, Chiu, Hawe: A
/// quantitative measure of fairness, 1984]
Json jain_of(const Json& workers);

/// What is suspicious about the figures of requests: `http` is the object of
/// that name in an entry of `cell`, whose server consumed `cpu_seconds` in
/// `seconds`.
std::vector<std::string> flags_of_requests(const Cell& cell, const Json& http,
                                           double cpu_seconds, double seconds);

}  // namespace bench
