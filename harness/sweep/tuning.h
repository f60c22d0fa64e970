// Tuning: what a model leaves to the harness is picked by measuring.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "harness/sweep/cell.h"

namespace bench {

/// What was found out about the candidates of a cell.
struct Pick {
  std::size_t candidate = 0;
  std::vector<double> gains;  ///< how much faster i + 1 is than i: 1.2
};

/// How much faster than the one before a candidate must be.
constexpr double kWorthwhile = 1.05;

/// Pairs of brief repetitions that decide between two neighbours.
constexpr int kPairs = 7;

/// Seconds of a job that no way of handing it out makes 5 % faster: the first
/// candidate is taken, and nothing measured.
constexpr double kLongJob = 10e-3;

/// The first of the candidates, from 0 on, from which the next one is not
/// kWorthwhile as fast. `rate(i)` measures candidate i once, briefly; 0: it
/// could not, and nothing after it is tried. Two neighbours are measured in
/// turns, and the median of the ratios within the pairs decides: what disturbs
/// the machine for longer disturbs both.
Pick pick_candidate(std::size_t candidates,
                    const std::function<double(std::size_t)>& rate);

/// "; on 2 cores 2 is 1.31 times as fast as 1, 4 is 1.02 times as fast as 2".
std::string describe(const Cell& cell, const Pick& pick);

}  // namespace bench
