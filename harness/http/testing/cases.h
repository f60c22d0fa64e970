// The bytes that every server must answer alike, and how. For tests only.
//
// The targets are those of scenario http; the limits are HttpLimits as it is
// by default.
#pragma once

#include <vector>

#include "harness/http/testing/cases_bad_body.h"
#include "harness/http/testing/cases_bad_head.h"
#include "harness/http/testing/cases_base.h"
#include "harness/http/testing/cases_good.h"

namespace bench {

inline std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto& part :
       {good_cases(), body_cases(), bad_head_cases(), bad_body_cases()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace bench
