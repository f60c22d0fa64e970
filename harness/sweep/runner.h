// Runner: how the cells of one kind are measured.
//
// One for batches of jobs, one for servers and their clients, one for floors.
// The sweep asks them all the same four things and keeps rounds, order, time
// and records.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/posix/fd.h"
#include "harness/repetition/repetition.h"
#include "harness/sweep/cell.h"
#include "harness/sweep/placement.h"
#include "harness/sweep/plan.h"
#include "harness/system/isolate.h"

namespace bench {

/// What all runners know of the run. `interrupted` becomes true when one of
/// them was told to stop: what it returned then means nothing.
struct Run {
  const Plan& plan;
  const Request& request;
  const Cpus& cpus;
  Interruption& interruption;
  std::vector<Prepared> prepared = {};  ///< of each workload of the plan
  bool interrupted = false;

  Placement place(const Cell& cell) const {
    return bench::place(cpus, cell.cores);
  }
  std::vector<int> cpus_of(const Cell& cell) const { return place(cell).cell; }
  /// True if the cell has a backend or a load generator on its own cores, if
  /// only on a sibling of one of its CPUs.
  bool shares_cores(const Cell& cell) const;
  /// Those on which somebody else would disturb the cell.
  std::vector<int> cpus_watched(const Cell& cell) const;
};

/// Each throws std::exception if it cannot do what it is asked.
class Runner {
 public:
  explicit Runner(Run& run) : run_(run) {}
  virtual ~Runner() = default;

  /// Finds what all cells of a workload share: the amounts of work, and the
  /// right answers. `say` tells people what is under way.
  virtual void prepare(Prepared& prepared,
                       const std::function<void(const std::string&)>& say) = 0;
  /// What was found, for people to see; null if that is nothing.
  virtual Json describe(const Prepared& prepared) const = 0;

  /// Looks whether there is anything to measure at all.
  virtual void look(Trial&) {}
  /// Tries a cell briefly, unrecorded, to see how long it takes and how many
  /// jobs it should get.
  virtual void pilot(Trial& trial) = 0;
  virtual double pilot_seconds(const Cell& cell) const = 0;

  /// Jobs per second of a brief repetition, unrecorded; 0 if it failed. For
  /// cells that are candidates.
  virtual double brief_rate(Trial&) { return 0; }

  /// Sets the cell by what the rounds before have found of it or of others.
  virtual void settle(Trial&) {}

  /// Takes note of a repetition that counts.
  virtual void learn(Trial&, const Json&) {}

  /// One repetition in fresh processes: the fields of its entry that tell how
  /// it went.
  virtual Json repeat(const Trial& trial) = 0;

  static Json failed(const std::string& reason) {
    return {{"status", "failed"}, {"reason", reason}};
  }
  /// What `repetition` finds; its failure if it throws. Whatever one of them
  /// cannot have (a process, a descriptor, memory), the next one may get.
  static Json attempt(const std::function<Json()>& repetition);

 protected:
  /// The order that all processes of a workload have in common.
  Order order_of(const Prepared& prepared) const;
  /// Runs `verb` of this binary for the workload, in a process of its own, so
  /// that it can be interrupted; its report.
  std::string ask(const char* verb, const Prepared& prepared) {
    return ask(verb, prepared, run_.cpus.ids());
  }
  /// Calibrates: wishes become amounts, on as many CPUs as the largest cell
  /// keeps busy.
  void calibrate(Prepared& prepared);
  /// What an isolated process reported, or how it failed, in the same fields.
  Json result_of(const Outcome& outcome, double deadline);

  Run& run_;

 private:
  std::string ask(const char* verb, const Prepared& prepared,
                  const std::vector<int>& cpus);
};

}  // namespace bench
