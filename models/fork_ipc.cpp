// fork-ipc: a parent sends jobs to W child processes, as messages.
//
// Who runs a job?   The child that the parent chose: the one with room.
// Who waits?        The child, for its next message; the parent, for answers.
// What is shared?   Nothing: a job goes down and its answer comes up.
// What does it cost?  Two messages per job, at least five system calls and a
//                     wake-up or two. A dying child is seen at once.
// Read before: prefork.cpp. Read next: fork_ipc_spawn.cpp.
#include <poll.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "harness/drive.h"
#include "harness/model.h"
#include "harness/posix/channel.h"
#include "harness/posix/child.h"

namespace bench {
namespace {

/// Down: which job. Up: the same, with the answer.
struct Message {
  std::uint64_t i;
  std::uint64_t digest;
};

/// How often a child looks for its next message before it sleeps: some 75 us of
/// looking, after which jobs of 1 ms need no wake-up of a child at all.
constexpr int kLooks = 100;

class ForkIpc : public Model {
 public:
  void run(Batch& batch) override {
    for (std::uint32_t w = 0; w < batch.workers(); ++w) {
      auto [mine, its] = Channel::pair();
      channels_.push_back(std::move(mine));
      children_.push_back(Child::fork([&] {
        channels_.clear();  // the other children's ends are not this one's
        work(batch, its);
      }));
    }
    batch.enter(batch.workers() + 1);
    hand_out(batch);
    for (Channel& channel : channels_) channel.close();
    batch.leave();
    for (Child& child : children_) child.join("a worker process");
  }

 private:
  /// The parent: fills every child up to the depth, then gives each one that
  /// answers its next job.
  void hand_out(Batch& batch) {
    std::vector<pollfd> ready;
    for (const Channel& channel : channels_) {
      ready.push_back({channel.fd(), POLLIN, 0});
    }
    for (std::uint32_t place = 0; place < batch.depth(); ++place) {
      for (std::uint32_t w = 0; w < batch.workers(); ++w) send_next(batch, w);
    }
    while (finished_ < batch.size()) {
      // LESSON: one thread multiplexes all children. While it handles one
      // answer, the others wait in their sockets: the parent is the narrowest
      // place of this model.
      check(retry([&] { return poll(ready.data(), ready.size(), -1); }),
            "poll");
      for (std::uint32_t w = 0; w < batch.workers(); ++w) {
        if (ready[w].revents == 0) continue;
        Message answer;
        if (!channels_[w].receive(answer)) lost(w);
        batch.finish(answer.i, w, answer.digest);
        ++finished_;
        send_next(batch, w);
      }
    }
  }

  void send_next(Batch& batch, std::uint32_t worker) {
    if (next_ == batch.size()) return;
    batch.begin(next_);
    if (!channels_[worker].send(Message{next_, 0})) lost(worker);
    ++next_;
  }

  [[noreturn]] void lost(std::uint32_t worker) {
    children_[worker].join("a worker process");
    throw std::runtime_error("a worker process hung up before its last job");
  }

  /// The child: one message in, one job, one message out, until the parent
  /// closes its end.
  static void work(Batch& batch, Channel& channel) {
    batch.enter(batch.workers() + 1);
    for (Message message; channel.receive(message, kLooks);) {
      const std::unique_ptr<Job> job = batch.job(message.i);
      drive_blocking(*job);
      message.digest = job->digest();
      if (!channel.send(message)) break;
    }
    batch.leave();
  }

  std::vector<Channel> channels_;
  std::vector<Child> children_;
  std::size_t next_ = 0;
  std::size_t finished_ = 0;
};

const RegisterModel registered{{
    .id = "fork-ipc",
    .summary = "a parent sends jobs to W child processes as messages",
    .make = make_model<ForkIpc>,
    .floor = "seqpacket-echo",
    .rank = 5,
    .parameters = {depth_parameter(1)},
}};

}  // namespace
}  // namespace bench
