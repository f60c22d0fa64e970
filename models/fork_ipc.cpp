// fork-ipc: a parent sends jobs to W child processes, as messages.
//
// Who runs a job?   The child that the parent chose: the one with room.
// Who waits?        The child, for its next message; the parent, for answers.
// What is shared?   Nothing: a job goes down and its answer comes up.
// What does it cost?  Two messages per job, at least five system calls and a
//                     wake-up or two. A dying child is seen at once.
// Read before: prefork.cpp. Read next: fork_ipc_spawn.cpp.
#include <sys/epoll.h>

#include <array>
#include <stdexcept>
#include <vector>

#include "harness/core/model.h"
#include "harness/core/processes.h"
#include "harness/core/star.h"
#include "harness/drive/blocking.h"
#include "harness/drive/calls.h"
#include "harness/drive/loop_server.h"
#include "harness/posix/channel.h"
#include "harness/posix/fd.h"

namespace bench {
namespace {

/// Down: which job. Up: the same, with the answer or an errno value.
struct Message {
  std::uint64_t i;
  std::uint64_t digest;
  std::int64_t error;
};

/// The same for the work of a request: down, and up.
struct Question {
  Loop::Promise promise;
  Work work;
};
struct Result {
  Loop::Promise promise;
  WorkResult work;
};

class ForkIpc : public Model {
 public:
  void run(Batch& batch) override {
    Processes workers(
        batch.gate(), batch.workers(),
        [&](std::uint32_t, Channel& parent) { work(batch, parent); });
    batch.enter();
    hand_out(batch, workers);
    workers.hang_up();
    batch.leave();
    workers.join();
  }

  void serve(Server& server) override {
    Processes workers(
        server.gate(), server.workers(),
        [&](std::uint32_t, Channel& parent) { attend(server, parent); });
    attend_clients(server, workers);
    workers.hang_up();
    workers.join();
  }

 private:
  /// The child: one message in, one job, one message out, until the parent
  /// closes its end.
  static void work(Batch& batch, Channel& parent) {
    batch.enter();
    for (Message message; parent.receive(message);) {
      const std::unique_ptr<Job> job = batch.job(message.i);
      message.error = drive_blocking(*job);
      message.digest = message.error == 0 ? job->digest() : 0;
      if (!parent.send(message)) break;
    }
    batch.leave();
  }

  /// The child: the work of a call in, its answer out.
  static void attend(Server& server, Channel& parent) {
    server.enter();
    for (Question question;;) {
      Star::attend_until(parent.fd());
      if (!parent.receive(question)) break;
      Call call{&server.service(), question.work, {}};
      const ssize_t result = call_blocking(call);
      WorkerCounts::add(server.counts().jobs, std::uint64_t{1});
      if (!parent.send(Result{question.promise, {-result, call.answer}})) break;
    }
  }

  /// The parent: fills every child up to the depth, then gives each one that
  /// answers its next job.
  void hand_out(Batch& batch, Processes& workers) {
    const Fd children(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"));
    for (std::uint32_t w = 0; w < batch.workers(); ++w) {
      epoll_event event{.events = EPOLLIN, .data = {.u32 = w}};
      check(epoll_ctl(children.get(), EPOLL_CTL_ADD, workers.channel(w).fd(),
                      &event),
            "epoll_ctl");
    }
    for (std::uint32_t place = 0; place < batch.resources().depth(); ++place) {
      for (std::uint32_t w = 0; w < batch.workers(); ++w) {
        if (place < batch.in_flight_of(w)) send_next(batch, workers, w);
      }
    }
    while (finished_ < batch.size()) {
      // LESSON: one thread multiplexes all children. While it handles one
      // answer, the others wait in their sockets: the parent is the narrowest
      // place of this model.
      std::array<epoll_event, 64> ready;
      const int count = check(retry([&] {
                                return epoll_wait(children.get(), ready.data(),
                                                  ready.size(), -1);
                              }),
                              "epoll_wait");
      for (int place = 0; place < count; ++place) {
        const std::uint32_t w = ready[place].data.u32;
        Message answer;
        if (!workers.channel(w).receive(answer)) lost(workers, w);
        batch.finish(answer.i, w, answer.digest,
                     static_cast<int>(answer.error));
        ++finished_;
        send_next(batch, workers, w);
      }
    }
  }

  void send_next(Batch& batch, Processes& workers, std::uint32_t worker) {
    if (next_ == batch.size()) return;
    batch.begin(next_);
    if (!workers.channel(worker).send(Message{next_, 0, 0}))
      lost(workers, worker);
    ++next_;
  }

  [[noreturn]] static void lost(Processes& workers, std::uint32_t worker) {
    workers.join(worker);
    throw std::runtime_error("a worker process hung up before its last job");
  }

  /// The parent: clients on one side, children on the other.
  static void attend_clients(Server& server, Processes& workers) {
    ServerLoop loop(server);
    loop.accept_from(server.listener());
    // LESSON: the parent has all connections and does none of their work. What
    // a request asks for goes to a child that has room, or waits for one.
    Calls calls(loop, server, server.resources().depth(),
                [&](std::uint32_t w, Loop::Promise promise, const Work& work) {
                  // One that hung up is found by whoever receives from it.
                  workers.channel(w).send(Question{promise, work});
                });
    std::vector<Loop::Watch*> answers(workers.size());
    for (std::uint32_t w = 0; w < workers.size(); ++w) {
      answers[w] = loop.watch(workers.channel(w).fd(), [&, w] {
        Result result;
        if (workers.channel(w).receive(result)) {
          calls.done(w, result.promise, result.work);
          return;
        }
        server.stop();  // without one of its children
        loop.unwatch(answers[w]);
        calls.lost(w);
      });
    }
    server.enter();
    loop.run();
  }

  std::size_t next_ = 0;
  std::size_t finished_ = 0;
};

const RegisterModel registered{{
    .id = "fork-ipc",
    .summary = "a parent sends jobs to W child processes as messages",
    .make = make_model<ForkIpc>,
    .unit = ModelInfo::Unit::processes,
    .handout = "message",
    .serves = ModelInfo::Serves::in_parent,
    .floor = "seqpacket-echo",
    .rank = 5,
    .parameters = {depth_parameter()},
}};

}  // namespace
}  // namespace bench
