// fork-ipc: a parent sends jobs to W child processes, as messages.
//
// Who runs a job?   The child that the parent chose: the one with room.
// Who waits?        The child, for its next message; the parent, for answers.
// What is shared?   Nothing: a job goes down and its answer comes up.
// What does it cost?  Two messages per job, at least five system calls and a
//                     wake-up or two. A dying child is seen at once.
// Read before: prefork.cpp. Read next: fork_ipc_spawn.cpp.
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/core/model.h"
#include "harness/drive/blocking.h"
#include "harness/drive/loop_server.h"
#include "harness/posix/channel.h"
#include "harness/posix/child.h"
#include "harness/posix/fd.h"

namespace bench {
namespace {

/// Down: which job. Up: the same, with the answer or an errno value.
struct Message {
  std::uint64_t i;
  std::uint64_t digest;
  std::int64_t error;
};

/// How often a child looks for its next message before it sleeps: some 75 us of
/// looking, after which jobs of 1 ms need no wake-up of a child at all. It does
/// so only if there is a CPU for each child: otherwise it would keep others
/// from working.
constexpr int kLooks = 100;

/// The same for the work of a request: down, and up.
struct Order {
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

  void serve(Server& server) override {
    for (std::uint32_t w = 0; w < server.workers(); ++w) {
      auto [mine, its] = Channel::pair();
      channels_.push_back(std::move(mine));
      children_.push_back(Child::fork([&] {
        channels_.clear();
        work(server, its);
      }));
    }
    ServerLoop loop(server);
    loop.accept_from(server.listener());
    // LESSON: the parent has all connections and does none of their work. What
    // a request asks for goes to a child that has room, or waits for one.
    loop.delegate([&](Call& call, Loop::Promise promise) {
      waiting_.push_back({&call, promise});
      send_waiting(server, loop);
    });
    running_.resize(server.workers());
    for (std::uint32_t w = 0; w < server.workers(); ++w) {
      watches_.push_back(loop.watch(channels_[w].fd(),
                                    [&, w] { take_answer(server, loop, w); }));
    }
    server.enter(server.workers() + 1);
    loop.run();
    for (Channel& channel : channels_) channel.close();
    for (Child& child : children_) child.join("a worker process");
  }

 private:
  struct Waiting {
    Call* call;
    Loop::Promise promise;
  };
  /// What a child has to do.
  struct Pending {
    std::vector<Waiting> calls;
    bool gone = false;  ///< it will do nothing more
  };

  /// The parent: fills every child up to the depth, then gives each one that
  /// answers its next job.
  void hand_out(Batch& batch) {
    const Fd children(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"));
    for (std::uint32_t w = 0; w < batch.workers(); ++w) {
      epoll_event event{.events = EPOLLIN, .data = {.u32 = w}};
      check(epoll_ctl(children.get(), EPOLL_CTL_ADD, channels_[w].fd(), &event),
            "epoll_ctl");
    }
    for (std::uint32_t place = 0; place < batch.depth(); ++place) {
      for (std::uint32_t w = 0; w < batch.workers(); ++w) send_next(batch, w);
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
        if (!channels_[w].receive(answer)) lost(w);
        batch.finish(answer.i, w, answer.digest,
                     static_cast<int>(answer.error));
        ++finished_;
        send_next(batch, w);
      }
    }
  }

  void send_next(Batch& batch, std::uint32_t worker) {
    if (next_ == batch.size()) return;
    batch.begin(next_);
    if (!channels_[worker].send(Message{next_, 0, 0})) lost(worker);
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
    const bool own_cpu = batch.workers() <= batch.resources().cpus.size();
    for (Message message; channel.receive(message, own_cpu ? kLooks : 0);) {
      const std::unique_ptr<Job> job = batch.job(message.i);
      message.error = drive_blocking(*job);
      message.digest = message.error == 0 ? job->digest() : 0;
      if (!channel.send(message)) break;
    }
    batch.leave();
  }

  /// The parent: gives calls that wait to the children that have the fewest.
  void send_waiting(Server& server, ServerLoop& loop) {
    const auto depth = static_cast<std::size_t>(
        server.resources().parameters.integer("depth"));
    while (!waiting_.empty()) {
      const auto fewest =
          std::min_element(running_.begin(), running_.end(),
                           [](const Pending& one, const Pending& other) {
                             return std::tuple(one.gone, one.calls.size()) <
                                    std::tuple(other.gone, other.calls.size());
                           });
      if (!fewest->gone && fewest->calls.size() >= depth) return;
      const auto [call, promise] = waiting_.front();
      waiting_.pop_front();
      if (fewest->gone) {  // and so are all the others
        loop.complete(promise, -EPIPE);
        continue;
      }
      fewest->calls.push_back({call, promise});
      // One that hung up is found by take_answer().
      channels_[static_cast<std::size_t>(fewest - running_.begin())].send(
          Order{promise, call->work});
    }
  }

  void take_answer(Server& server, ServerLoop& loop, std::uint32_t w) {
    Result result;
    if (!channels_[w].receive(result)) {
      give_up(server, loop, w);
      return;
    }
    std::vector<Waiting>& mine = running_[w].calls;
    const auto done = std::find_if(mine.begin(), mine.end(), [&](auto& one) {
      return one.promise == result.promise;
    });
    done->call->answer = result.work.answer;
    mine.erase(done);
    send_waiting(server, loop);
    loop.complete(result.promise, static_cast<ssize_t>(-result.work.error));
  }

  /// A child is gone: its calls fail, no other goes to it, the server stops.
  void give_up(Server& server, ServerLoop& loop, std::uint32_t w) {
    server.stop();
    loop.unwatch(watches_[w]);
    running_[w].gone = true;
    for (const auto& one : std::exchange(running_[w].calls, {})) {
      loop.complete(one.promise, -EPIPE);
    }
    send_waiting(server, loop);
  }

  /// The child: the work of a call in, its answer out.
  static void work(Server& server, Channel& channel) {
    server.enter(server.workers() + 1);
    const bool own_cpu = server.workers() <= server.resources().cpus.size();
    for (Order order; channel.receive(order, own_cpu ? kLooks : 0);) {
      Call call{&server.service(), order.work, {}};
      const ssize_t result = call_blocking(call);
      if (!channel.send(Result{order.promise, {-result, call.answer}})) break;
    }
  }

  std::vector<Channel> channels_;
  std::vector<Child> children_;
  std::size_t next_ = 0;
  std::size_t finished_ = 0;

  std::deque<Waiting> waiting_;   ///< calls that no child has room for
  std::vector<Pending> running_;  ///< calls that each child has
  std::vector<Loop::Watch*> watches_;
};

const RegisterModel registered{{
    .id = "fork-ipc",
    .summary = "a parent sends jobs to W child processes as messages",
    .make = make_model<ForkIpc>,
    .serves = ModelInfo::Serves::in_parent,
    .floor = "seqpacket-echo",
    .waiting_floor = "epoll-client",
    .rank = 5,
    .parameters = {depth_parameter(1)},
}};

}  // namespace
}  // namespace bench
