// Sweep: calibration, pilot, rounds; every repetition becomes a record.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/load/order.h"
#include "harness/posix/fd.h"
#include "harness/sweep/entry.h"
#include "harness/sweep/plan.h"
#include "harness/sweep/progress.h"
#include "harness/sweep/record_file.h"
#include "harness/sweep/server_process.h"
#include "harness/system/isolate.h"

namespace bench {

/// What went wrong with a process that left no report: "the process was killed
/// by SIGSEGV", "did not end within 10 s (--deadline)".
std::string failure_of(const Outcome& outcome, double deadline_seconds);

/// Runs a plan. The orchestrator: single-threaded, owns no loop and no pool,
/// and starts a fresh process for every repetition.
class Sweep {
 public:
  struct Counts {
    int measured = 0;  ///< repetitions that are in the file
    int failed = 0;    ///< of these, without a result
    int wrong = 0;     ///< of these, with wrong answers
    bool interrupted = false;
  };

  Sweep(Plan& plan, const Request& request, const Cpus& cpus,
        Interruption& interruption, Progress& progress);

  /// Finds the amounts of work, then the expected answers of all workloads.
  /// Returns what it found, one object per workload that has jobs. Cells of
  /// one that could not be prepared fail with the reason, others go on.
  Json calibrate();

  /// The warm-up: every cell once, briefly, recorded nowhere. Shows whether a
  /// model is so slow that it must get fewer jobs, and how long it will take.
  void warm_up();

  /// Registers every cell as a benchmark with Google Benchmark, once a round,
  /// in an order shuffled by the seed, and runs them.
  void run(RecordFile& file);

  const Counts& counts() const { return counts_; }

 private:
  std::vector<int> cpus_of(const Cell& cell) const;
  /// Those that the cell does not use, or all if it uses all: for its backend
  /// and for a load generator.
  std::vector<int> cpus_for_others(const Cell& cell) const;
  /// True if the cell has a backend or a load generator on its own CPUs.
  bool shares_cpus(const Cell& cell) const;
  /// Those on which somebody else would disturb the cell.
  std::vector<int> cpus_watched(const Cell& cell) const;
  static Json failed(const std::string& reason);
  /// What `repetition` finds; its failure if it throws. Whatever one of them
  /// cannot have (a process, a descriptor, memory), the next one may get.
  static Json attempt(const std::function<Json()>& repetition);
  /// One repetition in a fresh process; the fields of its entry that tell how
  /// it went. Empty if it was interrupted. Throws std::exception, as all that
  /// follow, if it cannot begin.
  Json repeat(const Cell& cell, std::size_t jobs, double deadline);
  /// What an isolated process reported, or how it failed, in the same fields.
  static Json result_of(const Outcome& outcome, double deadline);
  /// One repetition of requests: a fresh server and a fresh load generator,
  /// which measures for `seconds`. `rate`: of an open loop.
  Json repeat_requests(const Cell& cell, std::optional<double> rate,
                       double seconds);
  /// For a window of `seconds`.
  ServerProcess start_server(const Cell& cell, double seconds,
                             std::uint16_t backend_port);
  /// Asks the server to stop; the result has failed if it had died before.
  static void stop_server(const ServerProcess& server, const Cell& cell,
                          Json& result);
  LoadOrder load_order(const Cell& cell, std::optional<double> rate,
                       double seconds) const;
  /// As it was planned; its rate is a share of the cell's capacity, perhaps.
  Json repeat_requests(const Cell& cell);
  /// Makes sure that the cell knows its server's capacity.
  void find_capacity(Cell& cell);
  /// Finds out which peers there are, and of which version.
  void look_for_peers();
  /// One repetition and the weather around it, as an entry.
  Json measure(Cell& cell, int round, int order);
  /// The repetition, and what was seen of the weather.
  Json measure(const Cell& cell, Weather& weather);
  void size_by_pilot(Cell& cell, const Json& pilot);
  /// Jobs per second that a full batch will do, as the pilot foretells.
  static double pilot_rate(const Cell& cell, const Json& pilot);
  /// Jobs of a repetition of a cell that does `rate` a second; flags it if
  /// they are fewer than others do.
  std::size_t jobs_by_rate(Cell& cell, double rate) const;
  void run_once(Cell& cell, int round, int order, RecordFile& file,
                benchmark::State& state);
  /// Calibrates one workload and adds what it found; false if interrupted.
  /// Throws std::exception if it cannot be prepared, as all that follow.
  bool calibrate(Workload& workload, Json& found);
  /// Takes what was found for the same requests under another load; false if
  /// there is nothing to take.
  bool take_over_calibration(Workload& workload) const;
  /// Finds the right answers of a workload's jobs or requests; the same.
  bool find_answers(Workload& workload);
  bool prepare(const char* verb, const Workload& workload, std::string* report);
  /// Jobs that take about `seconds` on one core: whole periods, at least one.
  std::size_t jobs_for(const Workload& workload, double seconds) const;
  /// Jobs of a full batch of the workload: what its most capable cell may do.
  std::size_t full_batch(const Workload& workload) const;
  /// The same for one cell, if its jobs wait.
  std::size_t planned_jobs(const Cell& cell) const;
  /// Jobs that keep the cell at work for `seconds` at `rate`, but at least
  /// `turns` for each place in flight.
  static std::size_t jobs_in(const Cell& cell, double rate, double seconds,
                             int turns);
  std::size_t pilot_jobs(const Cell& cell) const;
  double deadline_of(const Cell& cell, std::size_t jobs) const;

  Plan& plan_;
  const Request& request_;
  const Cpus& cpus_;
  Interruption& interruption_;
  Progress& progress_;
  std::vector<Fd> descriptors_;  ///< of all workloads: answers, files
  /// The pilots of servers by name: capacities of closed loops, or failures.
  std::map<std::string, Json> pilots_;
  std::map<int, double> fastest_probe_;  ///< of each CPU, in seconds
  Counts counts_;
};

}  // namespace bench
