// Probes: how a run's CPUs are doing, against how they do as a rule.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/scenario.h"
#include "harness/sweep/entry.h"
#include "harness/system/probe.h"

namespace bench {

/// Remembers every probe of a run. Like is compared with like: work of one
/// kind, on one set of CPUs.
class Probes {
 public:
  /// Finds out what `cpus` do with such work, alone and together, unless that
  /// is known: some 20 ms for each of them.
  void get_to_know(const Computing& computing, const std::vector<int>& cpus);

  /// Probes `cpus` and notes in `weather` what was found; to be called before
  /// and after a repetition. Behind one and at once before the next it is the
  /// same look. What cannot be probed stays unknown.
  void look(const Computing& computing, const std::vector<int>& cpus,
            Weather& weather);

  /// Of each kind and set: {kind, cpus, alone_seconds, together_seconds,
  /// together_ratio, round_trip_seconds}, the best of the first probes.
  Json describe() const;

 private:
  struct Set {
    ProbeKind kind;
    std::vector<int> cpus;
    std::vector<double> alone = {};     ///< CPU seconds of each one, the least
    std::vector<double> together = {};  ///< the same when all are busy
    std::optional<double> round_trip = {};
    std::vector<double> slowest = {};  ///< of each probe: its slowest CPU
    std::optional<ProbeResult> last = {};
    std::int64_t looked_at = 0;  ///< when `last` was over, now_ns()

    std::optional<double> ratio(const std::vector<double>& busy) const;
    std::optional<ProbeResult> probe_all();
    std::optional<ProbeResult> probe_unless_fresh();
  };

  std::optional<ProbeKind> kind_of(const Computing& computing, int cpu);
  /// Nothing if no process could be had.
  Set* known(const Computing& computing, const std::vector<int>& cpus);

  std::vector<ProbeKind> kinds_;
  std::deque<Set> sets_;
};

}  // namespace bench
