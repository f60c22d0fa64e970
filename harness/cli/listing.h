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
inline constexpr Preset kPresets[] = {{"smoke", 2, 0.1, 0.02},
                                      {"quick", 20, 0.25, 0.1},
                                      {"class", 30, 0.5, 0.1},
                                      {"paper", 50, 1, 0.2}};

/// Scenarios with their parameters, models with their variants, presets.
Json listing();
std::string listing_as_table();
std::string listing_as_tree();

}  // namespace bench
