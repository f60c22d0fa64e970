// prefork/static: W processes; each owns every W-th job from the start.
//
// Who runs a job?   The process that it belongs to, on a loop of its own.
// Who waits?        As in prefork; and whoever got the long jobs is waited for.
// What is shared?   Nothing.
// What does it cost?  A fork per worker at the start, and nothing per job; but
//                     nothing can be put right when the shares are unequal.
// Read before: prefork.cpp. Read next: prefork_blocking.cpp.
#include "harness/core/model.h"
#include "harness/core/processes.h"
#include "harness/core/ticket.h"
#include "harness/drive/loop_batch.h"

namespace bench {
namespace {

class Static : public Model {
 public:
  void run(Batch& batch) override {
    Processes workers(batch.gate(), batch.workers(),
                      [&](std::uint32_t worker) { work(batch, worker); });
    batch.enter();
    batch.leave();
    workers.join();
  }

 private:
  static void work(Batch& batch, std::uint32_t worker) {
    BatchLoop loop(batch, worker);
    batch.enter();
    std::size_t next = worker;
    loop.run([&] { return in_turn(batch, next, batch.workers()); });
    batch.leave();
  }
};

const RegisterModel registered{{
    .id = "prefork",
    .variant = "static",
    .summary = "W processes, each owns every W-th job from the start",
    .make = make_model<Static>,
    .unit = ModelInfo::Unit::processes,
    .handout = "fixed shares",
    .waits = ModelInfo::Waits::in_loop,
    .serves = ModelInfo::Serves::nobody,
    .floor = "ticket",
    .rank = 4,
    .parameters = {uv_pool_parameter()},
}};

}  // namespace
}  // namespace bench
