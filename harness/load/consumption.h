// Consumption: what a server consumes, seen from outside.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <vector>

#include "harness/core/json.h"

namespace bench {

/// A reading of the tree of processes under one of them. Whoever has died and
/// was waited for is in its parent's figures.
class Consumption {
 public:
  /// Reads what takes longer: who is there, CPU by user and system, switches.
  /// A process that is gone counts nothing. [proc(5): task/TID/children, stat,
  /// status, schedstat]
  explicit Consumption(pid_t root);

  /// Reads the CPU clocks: call it at the moment that counts. To the nanosecond
  /// where /proc knows ticks of 10 ms. [clock_getcpuclockid(3)]
  void read_clocks();

  std::vector<pid_t> processes() const;

  /// What was consumed from `before` to this reading: the `server` object of
  /// a load generator's report. Memory is read now. Switches are those of
  /// threads that live. Null if nobody is left.
  Json since(const Consumption& before) const;

 private:
  struct Process {
    std::int64_t cpu_ns = 0;      ///< by its clock
    std::int64_t reaped_ns = 0;   ///< of children it has waited for
    std::int64_t user_ticks = 0;  ///< own and reaped
    std::int64_t system_ticks = 0;
  };
  struct Thread {
    std::int64_t voluntary = 0;  ///< switches
    std::int64_t involuntary = 0;
    std::int64_t cpu_ns = 0;
  };

  void read_process(pid_t process);

  std::map<pid_t, Process> processes_;
  std::map<pid_t, Thread> threads_;
};

}  // namespace bench
