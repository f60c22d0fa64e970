// Companion: the backend beside a repetition, if its jobs need one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/backend/backend.h"
#include "harness/sweep/cell.h"

namespace bench {

/// A backend for each repetition: what one left behind, the next never sees.
class Companion {
 public:
  /// Starts one on `cpus` if `cell` needs it. Throws std::runtime_error if it
  /// does not start.
  Companion(const Cell& cell, const std::vector<int>& cpus);

  /// 0 if there is none.
  std::uint16_t port() const;
  /// Those that run_isolated() must spare.
  std::vector<pid_t> processes() const;

  /// Adds what the backend has consumed to the result of the repetition, which
  /// has failed if the backend is dead.
  void report(Json& result) const;

 private:
  std::optional<Backend> backend_;
  BackendFigures before_;
};

}  // namespace bench
