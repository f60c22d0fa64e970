// prefork/reuseport, /round-robin, /least-loaded: who gets the next connection?
//
// Who runs a job?   Any of W processes, each on a loop of its own.
// Who waits?        Nobody, as in prefork; where the parent accepts, clients
//                   wait for the parent.
// What is shared?   reuseport: nothing, each process has a socket of its own
//                   and the kernel draws lots. The others: the parent's
//                   accept; least-loaded: a counter per process.
// What does it cost?  reuseport: nothing more, but whoever is drawn may be
//                     busy. The others: a message per connection, with the
//                     socket in it.
// Read before: prefork.cpp. Read next: fork_ipc.cpp.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>
#include <vector>

#include "harness/core/model.h"
#include "harness/drive/loop_server.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/channel.h"
#include "harness/posix/child.h"
#include "harness/posix/clock.h"
#include "harness/posix/shared_array.h"

namespace bench {
namespace {

class ReusePort : public Model {
 public:
  void serve(Server& server) override {
    // The parent keeps every socket open: a connection in the queue of one
    // that is closed would be reset.
    std::vector<Listener*> listeners = {&server.listener()};
    while (listeners.size() < server.workers()) {
      listeners.push_back(&server.another_listener());
    }
    std::vector<Child> children;
    for (Listener* const mine : listeners) {
      children.push_back(Child::fork([&, mine] {
        ServerLoop loop(server);
        // LESSON: the kernel hashes the client's address and port to choose a
        // socket. It does not know who is busy.
        loop.accept_from(*mine);
        server.enter(server.workers() + 1);
        loop.run();
      }));
    }
    server.enter(server.workers() + 1);
    server.wait_for_stop(children);
    for (Child& child : children) child.join("a worker process");
  }
};

/// The parent accepts and passes each connection to the process it chooses.
class Passing : public Model {
 public:
  void serve(Server& server) override {
    SharedArray<std::atomic<int>> loads(server.workers());
    std::vector<Child> children;
    for (std::uint32_t w = 0; w < server.workers(); ++w) {
      auto [mine, its] = Channel::pair();
      channels_.push_back(std::move(mine));
      children.push_back(Child::fork([&] {
        channels_.clear();  // the other children's ends are not this one's
        work(server, its, loads[w]);
      }));
    }
    Acceptor acceptor = server.acceptor();
    for (Channel& channel : channels_) {
      // A worker never says anything: what can be read is its end.
      acceptor.when_readable(channel.fd(), [&] { server.stop(); });
    }
    server.enter(server.workers() + 1);
    while (std::optional<Fd> connection = acceptor.accept()) {
      pass(*connection, loads);
    }
    server.stop();  // a child that hung up is found by whoever joins it
    for (Channel& channel : channels_) channel.close();
    for (Child& child : children) child.join("a worker process");
  }

 protected:
  using Loads = SharedArray<std::atomic<int>>;

  /// The worker that gets the next connection; `loads`: connections of each.
  virtual std::uint32_t choose(const Loads& loads) = 0;

 private:
  /// How long to wait when nobody can take a connection.
  static constexpr std::chrono::milliseconds kFullPause{1};

  /// To the worker that is chosen or, if it cannot take one now, to the next
  /// that can. With all of them gone, the connection is closed.
  void pass(const Fd& connection, Loads& loads) {
    const std::uint32_t chosen = choose(loads);
    for (bool somebody = true; somebody; sleep_for(kFullPause)) {
      somebody = false;
      for (std::uint32_t i = 0; i < channels_.size(); ++i) {
        const std::size_t w = (chosen + i) % channels_.size();
        loads[w].fetch_add(1, std::memory_order_relaxed);
        // LESSON: the connection is a message like any other; its socket
        // travels with it and is closed here. Whoever sends must not wait for
        // one worker: the others' clients would wait, too.
        const Channel::Sent sent =
            channels_[w].send_descriptor(connection.get());
        if (sent == Channel::Sent::yes) return;
        loads[w].fetch_sub(1, std::memory_order_relaxed);
        if (sent == Channel::Sent::full) somebody = true;
      }
    }
  }

  static void work(Server& server, Channel& channel, std::atomic<int>& load) {
    ServerLoop loop(server);
    loop.when_left([&] { load.fetch_sub(1, std::memory_order_relaxed); });
    // A socket that finds no descriptor is closed by the kernel, and its client
    // is lost. So the place of one is kept free. [unix(7), SCM_RIGHTS]
    Fd place(dup(channel.fd()));
    Loop::Watch* passed = nullptr;
    passed = loop.watch(channel.fd(), [&] {
      if (!place) place = Fd(dup(channel.fd()));
      if (!place) return loop.rest(passed);
      place.reset();
      Fd connection;
      if (!channel.receive_descriptor(connection)) {
        loop.unwatch(passed);  // the parent has no more
        loop.release();
      } else if (connection) {
        loop.adopt(std::move(connection));
      }
      place = Fd(dup(channel.fd()));
    });
    loop.hold();
    server.enter(server.workers() + 1);
    loop.run();
  }

  std::vector<Channel> channels_;
};

class RoundRobin : public Passing {
 protected:
  std::uint32_t choose(const Loads& loads) override {
    return next_++ % static_cast<std::uint32_t>(loads.size());
  }

 private:
  std::uint32_t next_ = 0;
};

class LeastLoaded : public Passing {
 protected:
  std::uint32_t choose(const Loads& loads) override {
    return static_cast<std::uint32_t>(
        std::min_element(loads.begin(), loads.end()) - loads.begin());
  }
};

ModelInfo variant(std::string name, std::string summary,
                  std::unique_ptr<Model> (*make)()) {
  return {.id = "prefork",
          .variant = std::move(name),
          .summary = std::move(summary),
          .make = make,
          .waits = ModelInfo::Waits::in_loop,
          .serves = ModelInfo::Serves::in_loop,
          .runs = false,
          .rank = 4};
}

ModelInfo with_own_listeners(ModelInfo info) {
  info.own_listeners = true;
  return info;
}

const RegisterModel reuse_port{with_own_listeners(
    variant("reuseport", "W processes, each with a listening socket of its own",
            make_model<ReusePort>))};
const RegisterModel round_robin{
    variant("round-robin", "the parent accepts and passes sockets in turn",
            make_model<RoundRobin>)};
const RegisterModel least_loaded{variant(
    "least-loaded", "the parent passes each socket to whoever has the fewest",
    make_model<LeastLoaded>)};

}  // namespace
}  // namespace bench
