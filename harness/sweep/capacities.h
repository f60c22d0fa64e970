// Capacities: what the closed loops of servers reach, round by round.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/sweep/plan.h"

namespace bench {

class Capacities {
 public:
  /// Takes note of a repetition's entry: of a closed loop that is well.
  void learn(const Cell& cell, const Json& entry);

  /// The median of a server, answers per second; nothing if it is not known.
  std::optional<double> of(const Cell& cell) const;

  /// The rate at which all models of the cell's workload with as many clients
  /// are asked on as many cores, by what its traffic says: per cent of the
  /// least or of the median capacity among them, and at most 60 % of what a
  /// generator can do in a closed loop. `pilots`: capacities for want of
  /// rounds; without them either it is 0.
  double common_rate(const Plan& plan, const Cell& cell,
                     std::vector<double> pilots) const;

 private:
  /// What each repetition of a server's closed loop has shown.
  struct Reached {
    std::vector<double> rates;       ///< answers per second
    std::vector<double> generators;  ///< the same of a generator that is busy
  };
  std::map<std::string, Reached> reached_;  ///< by the server's name
};

/// The same rate if it keeps a generator busy for no more than 60 % of its time
/// (`share`: 0.6), else a lower one to be tried; what an open loop costs falls
/// by less than its rate, for whoever has less to do is woken more often.
double eased(double rate, double share);

}  // namespace bench
