// Sweep: calibration, pilot, rounds; every repetition becomes a record.
#pragma once

#include <benchmark/benchmark.h>

#include <deque>
#include <vector>

#include "harness/sweep/batch_runner.h"
#include "harness/sweep/entry.h"
#include "harness/sweep/plan.h"
#include "harness/sweep/probes.h"
#include "harness/sweep/progress.h"
#include "harness/sweep/record_file.h"
#include "harness/sweep/request_runner.h"
#include "harness/system/isolate.h"

namespace bench {

/// Runs a plan. The orchestrator: single-threaded, owns no loop and no pool,
/// and starts a fresh process for every repetition.
class Sweep {
 public:
  struct Counts {
    int measured = 0;   ///< repetitions that are in the file
    int failed = 0;     ///< of these, without a result
    int wrong = 0;      ///< of these, with wrong answers
    int set_aside = 0;  ///< beside these, because they were disturbed

    Counts& operator+=(const Counts& other) {
      measured += other.measured;
      failed += other.failed;
      wrong += other.wrong;
      set_aside += other.set_aside;
      return *this;
    }
  };

  /// REQUIRES: all of these outlive it.
  Sweep(const Plan& plan, const Request& request, const Cpus& cpus,
        Interruption& interruption, Progress& progress);

  /// Finds the amounts of work, then the expected answers of all workloads.
  /// Returns what it found, one object per workload that has jobs. Cells of
  /// one that could not be prepared fail with the reason, others go on.
  Json calibrate();

  /// What the CPUs of the cells do alone and together. [harness/sweep/probes.h]
  const Probes& probes() const { return probes_; }

  /// Picks what models leave to the harness, by brief repetitions that are
  /// recorded nowhere: the same for all cells of a model in a workload, so that
  /// a line over cores is one line. Returns what it found: sentences.
  std::vector<std::string> tune();

  /// What cannot be measured, and why: sentences.
  std::vector<std::string> troubles() const;

  /// The warm-up: every cell once, briefly, recorded nowhere. Shows whether a
  /// model is so slow that it must get fewer jobs, and how long it will take.
  void warm_up();

  /// Registers every cell as a benchmark with Google Benchmark, once a round,
  /// in an order shuffled by the seed, and runs them.
  void run(RecordFile& file);

  const Counts& counts() const { return counts_; }
  const std::vector<Trial>& trials() const { return trials_; }
  bool interrupted() const { return run_.interrupted; }

 private:
  Runner& runner_of(const Workload& workload);
  Runner& runner_of(const Cell& cell);
  /// True once somebody has asked to stop.
  bool must_stop();
  /// One repetition and the weather around it, as an entry.
  Json measure(Trial& trial, int round, int place);
  /// The repetition, and what was seen of the weather.
  Json measure(const Trial& trial, Weather& weather);
  /// Measures, again and again as long as it was disturbed: at most twice, and
  /// not more than half of all more. What is set aside is written, too.
  Json measure_until_calm(Trial& trial, int round, int place, RecordFile& file);
  /// Waits until nobody else is at work on the cell's CPUs: a repetition that
  /// follows a disturbed one at once would meet the same neighbour. At most two
  /// seconds, and in the whole run a quarter of its measuring.
  void wait_for_calm(const Cell& cell);
  void run_once(Trial& trial, int round, int place, RecordFile& file,
                benchmark::State& state);

  Run run_;
  Progress& progress_;
  BatchRunner batches_{run_};
  RequestRunner requests_{run_};
  FloorRunner floors_{run_};
  std::vector<Trial> trials_;  ///< of the plan's cells
  Probes probes_;
  std::deque<Cell> picked_;  ///< what became of those with a choice
  Counts counts_;
  double patience_ = 0;  ///< seconds that may still be waited for calm
};

}  // namespace bench
