// Rounds: how long repetitions are, and in which sequence cells are measured.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/sweep/plan.h"

namespace bench {

/// Seconds of work that a repetition of the workload should have.
double duration_of(const Request& request, const Workload& workload);

/// The same of the discarded first repetition where cells serve requests: long
/// enough for a rate that others are set by.
double pilot_of_requests(double duration);

/// What a repetition with a server takes beside its measuring: start, warm-up,
/// stop; seconds.
constexpr double kAroundRequests = 0.35;

/// The sequence of the cells in a round: a permutation that depends on the seed
/// and the round alone.
std::vector<std::size_t> sequence_of_round(std::size_t cells,
                                           std::uint64_t seed, int round);

/// One repetition of a cell of the plan.
struct Turn {
  std::size_t cell = 0;
  int round = 0;
};

/// All repetitions of the plan, in the sequence in which they are measured:
/// rounds, each of which has every cell once, those of one workload on as many
/// cores in a row: what is compared with each other is little apart in time.
/// Cells whose load is a share of what others reach have rounds of their own,
/// behind those of the others.
std::vector<Turn> turns_of(const Plan& plan, int rounds, std::uint64_t seed);

/// Seconds that all repetitions of the plan will take if every model were
/// ideal; a lower bound for people, made without measuring anything.
double least_seconds(const Plan& plan, const Request& request);

}  // namespace bench
