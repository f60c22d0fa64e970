// BatchRunner: batches of jobs under a model.
#pragma once

#include "harness/sweep/runner.h"

namespace bench {

class BatchRunner : public Runner {
 public:
  using Runner::Runner;

  void prepare(Prepared& prepared,
               const std::function<void(const std::string&)>& say) override;
  Json describe(const Prepared& prepared) const override;
  void pilot(Trial& trial) override;
  double pilot_seconds(const Cell& cell) const override;
  double brief_rate(Trial& trial) override;
  Json repeat(const Trial& trial) override;

 protected:
  /// Jobs of a pilot; 0: it finds its own number.
  virtual std::size_t pilot_jobs(const Trial& trial) const;
  /// Jobs of a repetition of a cell that does `rate` a second; flags it if
  /// they are fewer than others do.
  virtual std::size_t jobs_by_rate(Trial& trial, double rate) const;

 private:
  Json repeat(const Trial& trial, std::size_t jobs);
  void size_by_pilot(Trial& trial, const Json& pilot) const;
  /// Jobs of a full batch: what the most capable cell of the workload may do.
  std::size_t full_batch(const Prepared& prepared) const;
  /// The same for one cell, if its jobs wait.
  std::size_t planned_jobs(const Cell& cell) const;
  double deadline_of(const Trial& trial, std::size_t jobs) const;

  std::vector<Fd> descriptors_;  ///< of all workloads: answers, files
};

/// The same where the subject is a primitive, which finds its own number of
/// jobs in a pilot and needs no right answers.
class FloorRunner : public BatchRunner {
 public:
  using BatchRunner::BatchRunner;

  void prepare(Prepared& prepared,
               const std::function<void(const std::string&)>& say) override;
  Json describe(const Prepared&) const override { return nullptr; }
  void look(Trial& trial) override;
  void learn(Trial& trial, const Json& entry) override;

 protected:
  std::size_t pilot_jobs(const Trial& trial) const override;
  std::size_t jobs_by_rate(Trial& trial, double rate) const override;
};

}  // namespace bench
