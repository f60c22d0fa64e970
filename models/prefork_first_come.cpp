// prefork/first-come: W processes, one listening socket, and no manners.
//
// Who runs a job?   Any of W processes, each on a loop of its own.
// Who waits?        Nobody, as in prefork; but clients of a busy process wait
//                   for it while another one is idle.
// What is shared?   The listening socket.
// What does it cost?  Nothing more, but whoever asks first may get them all.
// Read before: prefork.cpp. Read next: prefork_reuseport.cpp.
#include "harness/core/model.h"
#include "harness/core/processes.h"
#include "harness/drive/loop_server.h"

namespace bench {
namespace {

class FirstCome : public Model {
 public:
  void serve(Server& server) override {
    Processes workers(server.gate(), server.workers(),
                      [&](std::uint32_t) { attend(server); });
    server.enter();
    server.wait_for_stop(workers);
    workers.join();
  }

 private:
  static void attend(Server& server) {
    ServerLoop loop(server);
    // LESSON: the first loop to ask gets the connection, and a loop that is
    // awake asks first: two workers have had 64 clients to none. Where clients
    // stay, one CPU works and the other one waits.
    loop.accept_from(server.listener());
    server.enter();
    loop.run();
  }
};

const RegisterModel registered{{
    .id = "prefork",
    .variant = "first-come",
    .summary = "W processes, each takes every connection that it sees",
    .make = make_model<FirstCome>,
    .unit = ModelInfo::Unit::processes,
    .handout = "whoever asks first",
    .waits = ModelInfo::Waits::in_loop,
    .runs = false,
    .rank = 4,
}};

}  // namespace
}  // namespace bench
