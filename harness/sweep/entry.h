// Entry: one repetition as it stands in runs.jsonl and results.json.
#pragma once

#include <optional>
#include <string>

#include "harness/sweep/cell.h"
#include "harness/sweep/plan.h"

namespace bench {

/// The weather around a repetition: seconds, and tasks. Empty where nobody
/// looked, or nothing could be seen.
struct Weather {
  /// Of the probes before and after it the slower one, and that over what the
  /// same probe takes as a rule in this run. [harness/sweep/probes.h]
  std::optional<double> spin_probe_seconds;
  double spin_probe_ratio = 1;
  std::string probe_kind;
  /// CPU time of all at once over that of one alone, of the CPU that loses
  /// most; of the two probes the one that is better.
  std::optional<double> together_ratio;
  /// The same of a cache line's way from the first CPU to another and back.
  std::optional<double> round_trip_seconds;
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
