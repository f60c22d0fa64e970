// prefork/blocking, prefork/threads: processes that block, alone or in crews.
//
// Who runs a job?   Any of W processes (Apache's prefork); threads: any of W
//                   threads in a process per core (cluster and worker threads).
// Who waits?        The process, or the thread, that runs the job.
// What is shared?   One counter; threads: also memory, within a process.
// What does it cost?  A process per job in flight: page tables, a stack.
//                     threads: a process per core, a stack per job in flight.
// Read before: prefork.cpp, thread_pool.cpp. Read next: fork_ipc.cpp.
#include <algorithm>
#include <atomic>
#include <vector>

#include "harness/core/crew.h"
#include "harness/core/model.h"
#include "harness/drive/blocking.h"
#include "harness/drive/blocking_server.h"
#include "harness/posix/child.h"
#include "harness/posix/shared_array.h"

namespace bench {
namespace {

using Ticket = std::atomic<std::size_t>;

class Blocking : public Model {
 public:
  void run(Batch& batch) override {
    const std::uint32_t processes = this->processes(batch.resources());
    std::vector<Child> children;
    for (std::uint32_t p = 0; p < processes; ++p) {
      children.push_back(Child::fork([&] { be_process(batch, p, processes); }));
    }
    batch.enter(batch.workers() + 1);
    batch.leave();
    for (Child& child : children) child.join("a worker process");
  }

  void serve(Server& server) override {
    const std::uint32_t processes = this->processes(server.resources());
    std::vector<Child> children;
    for (std::uint32_t p = 0; p < processes; ++p) {
      children.push_back(
          Child::fork([&] { be_process(server, p, processes); }));
    }
    server.enter(server.workers() + 1);
    server.wait_for_stop(children);
    for (Child& child : children) child.join("a worker process");
  }

 protected:
  virtual std::uint32_t processes(const Resources& resources) const {
    return resources.workers;
  }
  /// Process number `p` of `processes`, in the child.
  virtual void be_process(Batch& batch, std::uint32_t p, std::uint32_t) {
    work(batch, p);
  }
  virtual void be_process(Server& server, std::uint32_t, std::uint32_t) {
    work(server);
  }

  void work(Batch& batch, std::uint32_t worker) {
    batch.enter(batch.workers() + 1);
    // LESSON: nobody hands out jobs, yet nobody waits in a loop either: a
    // worker takes the next job when it is done with the last.
    for (std::size_t i; (i = ticket_[0].fetch_add(1)) < batch.size();) {
      run_blocking(batch, i, worker);
    }
    batch.leave();
  }

  void work(Server& server) {
    Acceptor acceptor = server.acceptor();
    server.enter(server.workers() + 1);
    serve_all_blocking(server, acceptor);
  }

 private:
  SharedArray<Ticket> ticket_{1};
};

class Threads : public Blocking {
 protected:
  std::uint32_t processes(const Resources& resources) const override {
    const auto cores = static_cast<std::uint32_t>(resources.cpus.size());
    return std::clamp(cores, 1u, resources.workers);
  }
  /// Worker numbers p, p + processes, p + 2 x processes ... are its threads.
  void be_process(Batch& batch, std::uint32_t p,
                  std::uint32_t processes) override {
    const std::uint32_t count = threads_of(batch.workers(), p, processes);
    Crew threads(batch.gate(), count,
                 [&](std::uint32_t t) { work(batch, p + t * processes); });
    threads.join();
  }
  void be_process(Server& server, std::uint32_t p,
                  std::uint32_t processes) override {
    const std::uint32_t count = threads_of(server.workers(), p, processes);
    Crew threads(server.gate(), count, [&](std::uint32_t) { work(server); });
    threads.join();
  }

 private:
  static std::uint32_t threads_of(std::uint32_t workers, std::uint32_t p,
                                  std::uint32_t processes) {
    return (workers - p - 1) / processes + 1;
  }
};

const RegisterModel blocking{{
    .id = "prefork",
    .variant = "blocking",
    .summary = "W processes that block, each takes the next job",
    .make = make_model<Blocking>,
    .floor = "ticket",
    .waiting_floor = "epoll-client",
    .rank = 4,
}};

const RegisterModel threads{{
    .id = "prefork",
    .variant = "threads",
    .summary = "a process per core, W threads among them, all blocking",
    .make = make_model<Threads>,
    .floor = "ticket",
    .waiting_floor = "epoll-client",
    .rank = 4,
}};

}  // namespace
}  // namespace bench
