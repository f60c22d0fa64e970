// sequential: one thread does one job after the other.
//
// Who runs a job?   The main thread.
// Who waits?        The main thread, and so does every job behind this one.
// What is shared?   Nothing.
// What does it cost?  No thread, no lock, no message: nothing on top of the
//                     work. Whoever adds workers must beat this first.
// Read before: harness/core/job.h, harness/drive/blocking.h. Read next:
// event_loop.cpp.
#include "harness/core/model.h"
#include "harness/drive/blocking.h"
#include "harness/drive/blocking_server.h"

namespace bench {
namespace {

class Sequential : public Model {
 public:
  void run(Batch& batch) override { work(batch); }

  void serve(Server& server) override { attend(server); }

 private:
  static void work(Batch& batch) {
    batch.enter();
    for (std::size_t i = 0; i < batch.size(); ++i) run_blocking(batch, i, 0);
    batch.leave();
  }

  static void attend(Server& server) {
    Door door(server);
    server.enter();
    // LESSON: the next client waits until this one has gone. So that somebody
    // else gets a turn, a connection ends early when others wait. At its best,
    // it has one client that stays.
    while (std::optional<Fd> connection = door.accept()) {
      door.serve(std::move(*connection));
    }
  }
};

const RegisterModel registered{{
    .id = "sequential",
    .summary = "one thread, one job after the other: the baseline",
    .make = make_model<Sequential>,
    .unit = ModelInfo::Unit::one_thread,
    .floor = "bare-job",
    .waiting_floor = "",
    .rank = 1,
}};

}  // namespace
}  // namespace bench
