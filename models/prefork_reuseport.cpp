// prefork/reuseport: W processes, each with a listening socket of its own.
//
// Who runs a job?   Any of W processes, each on a loop of its own.
// Who waits?        Nobody, as in prefork; but clients of a busy process wait
//                   for it while another one is idle.
// What is shared?   Nothing: the kernel draws lots for each connection.
// What does it cost?  Nothing more, but whoever is drawn may be busy.
// Read before: prefork.cpp. Read next: prefork_round_robin.cpp.
#include "harness/core/model.h"
#include "harness/core/processes.h"
#include "harness/drive/loop_server.h"

namespace bench {
namespace {

class ReusePort : public Model {
 public:
  void serve(Server& server) override {
    // The parent keeps every socket open: a connection in the queue of one
    // that is closed would be reset.
    Processes workers(server.gate(), server.workers(), [&](std::uint32_t w) {
      attend(server, server.listener(w));
    });
    server.enter();
    server.wait_for_stop(workers);
    workers.join();
  }

 private:
  static void attend(Server& server, Listener& mine) {
    ServerLoop loop(server);
    // LESSON: the kernel hashes the client's address and port to choose a
    // socket. It does not know who is busy.
    loop.accept_from(mine);
    server.enter();
    loop.run();
  }
};

const RegisterModel registered{{
    .id = "prefork",
    .variant = "reuseport",
    .summary = "W processes, each with a listening socket of its own",
    .make = make_model<ReusePort>,
    .unit = ModelInfo::Unit::processes,
    .handout = "a socket each",
    .waits = ModelInfo::Waits::in_loop,
    .runs = false,
    .own_listeners = true,
    .rank = 4,
}};

}  // namespace
}  // namespace bench
