// Verification: every job exactly once, and every answer right.
#pragma once

#include <cstdint>
#include <exception>
#include <map>
#include <span>
#include <string>

#include "harness/core/batch.h"

namespace bench {

struct Verification {
  bool right = false;
  std::string reason;      ///< what is wrong, and how often
  std::size_t wrong = 0;   ///< jobs that are
  std::size_t failed = 0;  ///< jobs that say so themselves
  /// How many failed with which errno, by name: {"ECONNRESET", 12}.
  std::map<std::string, std::size_t> errnos;
  std::int64_t last_finished = 0;  ///< now_ns() of the last job
  std::string digest;  ///< 16 hex digits over all answers, in job order
};

/// Compares the records with the expected digests.
/// REQUIRES: as many answers as records; no worker lives any more.
Verification verify(const SharedArray<Record>& records,
                    std::span<const std::uint64_t> answers);

}  // namespace bench
