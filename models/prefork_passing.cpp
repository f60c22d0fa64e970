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
#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "harness/loop_server.h"
#include "harness/model.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/channel.h"
#include "harness/posix/child.h"
#include "harness/posix/shared_array.h"

namespace bench {
namespace {

class ReusePort : public Model {
 public:
  void serve(Server& server) override {
    // The parent keeps every socket open: a connection in the queue of one
    // that is closed would be reset.
    std::vector<Fd> listeners(server.workers());
    for (std::uint32_t w = 1; w < server.workers(); ++w) {
      listeners[w] = server.another_listener();
    }
    std::vector<Child> children;
    for (std::uint32_t w = 0; w < server.workers(); ++w) {
      const int mine = w == 0 ? server.listener() : listeners[w].get();
      children.push_back(Child::fork([&] {
        ServerLoop loop(server);
        // LESSON: the kernel hashes the client's address and port to choose a
        // socket. It does not know who is busy.
        loop.accept_from(mine);
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
    std::vector<Channel> channels;
    std::vector<Child> children;
    for (std::uint32_t w = 0; w < server.workers(); ++w) {
      auto [mine, its] = Channel::pair();
      channels.push_back(std::move(mine));
      children.push_back(Child::fork([&] {
        channels.clear();  // the other children's ends are not this one's
        work(server, its, loads[w]);
      }));
    }
    Acceptor acceptor(server.listener(), server.stop_fd());
    server.enter(server.workers() + 1);
    while (std::optional<Fd> connection = acceptor.accept()) {
      const std::uint32_t w = choose(loads);
      loads[w].fetch_add(1, std::memory_order_relaxed);
      // LESSON: the connection is a message like any other; its socket travels
      // with it and is closed here.
      if (!channels[w].send_descriptor(connection->get())) break;
    }
    server.stop();  // a child that hung up is found by whoever joins it
    for (Channel& channel : channels) channel.close();
    for (Child& child : children) child.join("a worker process");
  }

 protected:
  /// The worker that gets the next connection; `loads`: connections of each.
  virtual std::uint32_t choose(const SharedArray<std::atomic<int>>& loads) = 0;

 private:
  static void work(Server& server, Channel& channel, std::atomic<int>& load) {
    ServerLoop loop(server);
    loop.when_left([&] { load.fetch_sub(1, std::memory_order_relaxed); });
    Loop::Watch* passed = nullptr;
    passed = loop.watch(channel.fd(), [&] {
      Fd connection;
      if (!channel.receive_descriptor(connection)) {
        loop.unwatch(passed);  // the parent has no more
        loop.release();
      } else if (connection) {
        loop.adopt(std::move(connection));
      }
    });
    loop.hold();
    server.enter(server.workers() + 1);
    loop.run();
  }
};

class RoundRobin : public Passing {
 protected:
  std::uint32_t choose(const SharedArray<std::atomic<int>>& loads) override {
    return next_++ % static_cast<std::uint32_t>(loads.size());
  }

 private:
  std::uint32_t next_ = 0;
};

class LeastLoaded : public Passing {
 protected:
  std::uint32_t choose(const SharedArray<std::atomic<int>>& loads) override {
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
