// independent: W processes that know nothing of one another. No model, but a
// yardstick: what so many cores can reach with these jobs.
//
// Who runs a job?   The process whose part of the batch it is in, on a CPU of
//                   its own.
// Who waits?        Nobody but the first ones to finish, for the last one.
// What is shared?   No queue, no counter, no CPU; the machine's clock, caches
//                   and power, and that is what this one shows.
// What does it cost?  Jobs that differ, or a CPU that somebody else uses for a
//                     while, leave the others idle at the end.
// Read before: prefork_static.cpp.
#include "harness/core/model.h"
#include "harness/core/pinning.h"
#include "harness/core/processes.h"
#include "harness/drive/blocking.h"

namespace bench {
namespace {

class Independent : public Model {
 public:
  void run(Batch& batch) override {
    pin_workers(batch.resources().cpus);
    Processes workers(batch.gate(), batch.workers(),
                      [&](std::uint32_t worker) { work(batch, worker); });
    batch.enter();
    batch.leave();
    workers.join();
  }

 private:
  static void work(Batch& batch, std::uint32_t worker) {
    batch.enter();
    // Neighbours in the batch have neighbouring records: one part each.
    const std::size_t end = begin_of(batch, worker + 1);
    for (std::size_t i = begin_of(batch, worker); i < end; ++i) {
      run_blocking(batch, i, worker);
    }
    batch.leave();
  }

  static std::size_t begin_of(const Batch& batch, std::uint32_t worker) {
    return batch.size() * worker / batch.workers();
  }
};

const RegisterModel registered{{
    .id = "independent",
    .summary = "W pinned processes, each with its part of the jobs",
    .make = make_model<Independent>,
    .unit = ModelInfo::Unit::processes,
    .handout = "fixed shares",
    .serves = ModelInfo::Serves::nobody,
    .yardstick = true,
}};

}  // namespace
}  // namespace bench
