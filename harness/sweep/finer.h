// Finer: more lengths of a job, where a model begins to be worth its cores.
//
// A run measures lengths that lie far from each other. The shortest jobs with
// which a model reaches half of what its cores can do (METG 50 %), and those
// with which it overtakes one core, are between two of them. Further rounds
// measure there, until both sides are close.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/sweep/plan.h"

namespace bench {

/// Where to look next for the shortest length that reaches `target`, by what
/// each length has reached: on both sides of where it should be, and later in
/// what is left undecided, until the sides are within 1.5 of each other. Empty
/// if they are, or if all lengths are on one side.
std::vector<double> closer(const std::map<double, double>& reached,
                           double target);

class Finer {
 public:
  /// Takes note of what has been measured. REQUIRES: the plans outlive it.
  template <typename Trials>
  void learn(const Trials& trials) {
    for (const Trial& trial : trials) learn(trial);
  }

  /// What to measure next: no cells if nothing is left to be found.
  Plan plan() const;

 private:
  /// One model along the axis: its cell at each length, and the share of its
  /// cores' time that went into jobs there.
  struct Line {
    std::map<double, Cell> cells;
    std::map<double, double> reached;
  };

  void learn(const Trial& trial);

  std::map<std::string, Line> lines_;
};

}  // namespace bench
