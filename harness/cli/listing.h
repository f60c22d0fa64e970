// Listing: what there is to choose from.
#pragma once

#include <string>

#include "harness/sweep/cell.h"

namespace bench {

/// A preset: repetitions x seconds, and the warm-up.
struct Preset {
  const char* name;
  int repetitions;
  double duration;
  double warmup;
};
inline constexpr Preset kPresets[] = {{"smoke", 1, 0.2, 0.02},
                                      {"quick", 5, 1, 0.1},
                                      {"class", 10, 2, 0.2},
                                      {"paper", 20, 5, 0.5}};

/// Scenarios with their parameters, models with their variants, presets.
Json listing();
std::string listing_as_table();
std::string listing_as_tree();

}  // namespace bench
