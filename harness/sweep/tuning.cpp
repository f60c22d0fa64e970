// Tuning: pairs of neighbours, in turns.
#include "harness/sweep/tuning.h"

#include <algorithm>
#include <cmath>

#include "harness/core/parameters.h"

namespace bench {
namespace {

/// The median of the ratios of `next` to `last`; 0 if one could not be had.
double gain_of(std::size_t last, std::size_t next,
               const std::function<double(std::size_t)>& rate) {
  std::vector<double> ratios;
  for (int pair = 0; pair < kPairs; ++pair) {
    const bool last_first = pair % 2 == 0;
    const double one = rate(last_first ? last : next);
    if (one <= 0) return 0;
    const double other = rate(last_first ? next : last);
    if (other <= 0) return 0;
    ratios.push_back(last_first ? other / one : one / other);
  }
  const auto middle = ratios.begin() + kPairs / 2;
  std::nth_element(ratios.begin(), middle, ratios.end());
  return *middle;
}

}  // namespace

Pick pick_candidate(std::size_t candidates,
                    const std::function<double(std::size_t)>& rate) {
  Pick pick;
  while (pick.candidate + 1 < candidates) {
    const double gain = gain_of(pick.candidate, pick.candidate + 1, rate);
    if (gain <= 0) break;
    pick.gains.push_back(gain);
    if (gain <= kWorthwhile) break;
    ++pick.candidate;
  }
  return pick;
}

std::string describe(const Cell& cell, const Pick& pick) {
  const auto value = [&](std::size_t i) {
    return cell.candidates[i].own_parameters.word(cell.automatic);
  };
  if (pick.gains.empty()) return "";  // nothing worked
  std::string text = "; on " + std::to_string(cell.cores) +
                     (cell.cores == 1 ? " core" : " cores");
  for (std::size_t i = 0; i < pick.gains.size(); ++i) {
    text += (i == 0 ? ", " : "; ") + value(i + 1) + " gave " +
            shortest(std::round(pick.gains[i] * 100) / 100) +
            " times the jobs per second of " + value(i);
  }
  return text;
}

}  // namespace bench
