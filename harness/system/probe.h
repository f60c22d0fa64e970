// Probe: how fast a set of CPUs is at this moment, when all of them compute.
//
// What one CPU does alone says little about what several do together: two of
// them may share a core's arithmetic units, a power budget or a cache. So all
// CPUs of a set do the same fixed work at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bench {

/// A computation whose time grows in proportion to `size`; `input` makes two of
/// them differ. Pure; safe to call from all threads.
using Computation = std::uint64_t (*)(std::uint64_t input, std::uint64_t size);

/// Work of one kind, and how much of it a probe is.
struct ProbeKind {
  std::string name;
  Computation run = nullptr;
  std::uint64_t size = 0;  ///< [sized()]
};

/// Square roots that do not depend on one another: their number per second is
/// bounded by a unit that two hardware threads of one core share.
extern const ProbeKind kRoots;

/// Multiplications of which each needs the one before: bounded by their
/// latency, so that a second hardware thread costs them next to nothing.
extern const ProbeKind kChain;

/// The same kind with the size that takes `cpu` about two milliseconds alone;
/// empty if no process could be had to find out.
/// REQUIRES: the process has one thread, here and below.
std::optional<ProbeKind> sized(const ProbeKind& kind, int cpu);

struct ProbeResult {
  /// Of each CPU: seconds that its share of the work took, and CPU seconds,
  /// which waiting behind another process does not prolong.
  std::vector<double> seconds;
  std::vector<double> cpu_seconds;
  /// Seconds that a cache line took from the first CPU to another one and back,
  /// for the slowest of up to eight others; empty if there is no other, or if
  /// they did not get to play.
  std::optional<double> round_trip;
};

/// Has all `cpus` do the kind's work at once, then pass a cache line to and
/// fro: some three milliseconds, in a process that has a thread for each CPU
/// and is gone when this returns. A thread that has had no CPU for as long as
/// `patience` is not waited for. Empty if there was no such process, or a
/// signal ended it.
std::optional<ProbeResult> probe(
    const ProbeKind& kind, const std::vector<int>& cpus,
    std::chrono::nanoseconds patience = std::chrono::milliseconds(10));

}  // namespace bench
