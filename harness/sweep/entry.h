// Entry: one repetition as it stands in runs.jsonl and results.json.
#pragma once

#include <optional>

#include "harness/sweep/cell.h"
#include "harness/sweep/plan.h"

namespace bench {

/// The weather around a repetition: seconds, and tasks. Empty where nobody
/// looked, or nothing could be seen.
struct Weather {
  std::optional<double> spin_probe_seconds;  ///< of the slowest CPU
  /// The worst of the CPUs' probes over the same CPU's fastest so far.
  double spin_probe_ratio = 1;
  std::optional<double> throttled_seconds;
  std::optional<double> steal_seconds;
  /// Of all CPUs that were watched, whoever kept them busy.
  std::optional<double> busy_seconds;
  std::optional<double> load_average;
  /// The backend or the load generator on the cell's physical cores: no others
  /// were left.
  bool cores_are_shared = false;
};

/// Signs that somebody else had a part in a repetition, by which nobody can
/// tell how it went: the hypervisor, a quota, other processes, a slow or a
/// suspended machine, a late generator. The first flag of the entry that is
/// one; "" if none is.
std::string disturbance_of(const Json& entry);

/// Takes an entry out of the counted ones: it will be measured again.
void set_aside(Json& entry, const std::string& sign);

/// The entry of the repetition at `place` in the run, in `round`. `result` is
/// what its process reported, or what the harness found out when there was no
/// report: "status", and "reason" or the figures. Figures that were not
/// measured, or must not be recorded (debug and sanitizer builds), are null.
Json make_entry(const Trial& trial, const Request& request, int round,
                int place, const Json& result, const Weather& weather);

}  // namespace bench
