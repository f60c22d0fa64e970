// BatchLoop: a loop that runs jobs of a batch.
//
// event-loop owns one in its one thread, prefork one in each process,
// thread-pool/loops one in each thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "harness/core/batch.h"
#include "harness/drive/loop.h"

namespace bench {

class BatchLoop : public Loop {
 public:
  /// At most batch.in_flight_of(worker) jobs are begun and not finished; with
  /// Compute::offload libuv's pool gets batch.workers() threads, and the loop
  /// has all that may be in flight. Throws and requires what Loop does.
  BatchLoop(Batch& batch, std::uint32_t worker,
            Compute compute = Compute::inline_);
  ~BatchLoop() override;

  /// Runs the jobs that `next` names until it names no more and all of them
  /// are finished.
  void run(std::function<std::optional<std::size_t>()> next);

 private:
  void record(Task& task) override;
  void vacate() override;
  void ask_for_admission();
  void admit();

  Batch& batch_;
  std::function<std::optional<std::size_t>()> next_;
  const std::uint32_t limit_;        ///< of jobs in flight
  std::uint32_t in_flight_ = 0;      ///< jobs begun and not finished
  std::int64_t last_finished_ = 0;   ///< now_ns()
  std::int64_t last_admission_ = 0;  ///< now_ns()
  bool admitting_ = false;           ///< admit() is running
  uv_check_t after_events_;  ///< calls admit() when all events are handled
  uv_idle_t impatience_;     ///< keeps a turn from sleeping before admit()
};

}  // namespace bench
