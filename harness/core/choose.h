// Choose: what the patterns of a flag select.
#pragma once

#include <fnmatch.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/core/parameters.h"

namespace bench {

inline bool matches(const std::string& pattern, const std::string& name) {
  return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

/// All of `all` that one of the comma-separated patterns selects, in their own
/// order, each once; `name(one)` names one. Throws std::invalid_argument,
/// "FLAG takes all, NAME, ... or a glob", if a pattern selects none.
template <typename Info, typename Selects, typename Name>
std::vector<const Info*> choose(const std::vector<Info>& all,
                                const std::string& flag,
                                const std::string& patterns, Selects selects,
                                Name name) {
  std::vector<bool> chosen(all.size(), false);
  for (const std::string& pattern : split_list(patterns)) {
    bool any = false;
    std::string names;
    for (std::size_t i = 0; i < all.size(); ++i) {
      names += ", " + name(all[i]);
      if (selects(pattern, all[i])) chosen[i] = any = true;
    }
    if (!any) {
      throw std::invalid_argument(flag + " takes all" + names +
                                  " or a glob, got '" + pattern + "'");
    }
  }
  std::vector<const Info*> found;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (chosen[i]) found.push_back(&all[i]);
  }
  return found;
}

}  // namespace bench
