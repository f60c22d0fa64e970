// ServerLoop: who takes the next connection.
#include "harness/drive/loop_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <thread>
#include <vector>

#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/posix/loopback.h"

namespace bench {
namespace {

class NoService : public Service {
  Route route(std::string_view, std::string_view) const noexcept override {
    return {};
  }
  std::unique_ptr<Job> job(const Work&) const noexcept override {
    return nullptr;
  }
  Answer answer(const Work&, const Job*) const noexcept override { return {}; }
  Answer expected(const Work&) const override { return {}; }
};

/// Says nothing until the client goes or the server stops.
class Silent : public Job {
  Step resume(ssize_t) noexcept override {
    if (begun_) return Step::finished();
    begun_ = true;
    return Step::read_when_idle(room_, std::chrono::hours(1));
  }
  std::uint64_t digest() const noexcept override { return 0; }

  std::array<std::byte, 16> room_;
  bool begun_ = false;
};

Fd client_of(std::uint16_t port) {
  Fd client(check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  const sockaddr_in address = loopback(port);
  check(connect(client.get(), general(address), sizeof address), "connect");
  return client;
}

/// A loop with two connections beside a worker that has none: it is ahead.
/// Clients come one by one, each when what became of the one before is known.
/// All of it happens in one thread: what the other worker does, the loop does
/// for it, right after it has looked for events and acted on them.
class AheadLoop : public ServerLoop {
 public:
  AheadLoop(Server& server, bool other_takes)
      : ServerLoop(server), server_(server), other_takes_(other_takes) {
    accept_in_turn(server.listener());
    clients_.push_back(client_of(port_of(server.listener().fd())));
    clients_.push_back(client_of(port_of(server.listener().fd())));
    uv_timer_init(&uv(), &later_);
    uv_check_init(&uv(), &look_);
    later_.data = look_.data = this;
    uv_check_start(&look_, [](uv_check_t* look) {
      static_cast<AheadLoop*>(look->data)->after_events();
    });
  }

  static constexpr std::uint32_t kClients = 5;
  std::uint32_t given_away = 0;  ///< of kClients
  std::uint32_t own() const { return server_.counts().connections.load() - 2; }

 private:
  void after_events() {
    if (!offered_) {
      if (server_.counts().open.load() == 2) offer();
      return;
    }
    if (waits_) return;
    if (other_takes_) {
      Accepted accepted = server_.listener().accept();
      if (accepted.connection) {
        ++given_away;
        clients_.push_back(std::move(accepted.connection));
      }
    }
    // Behind the loop's own timer, whenever that is.
    waits_ = true;
    uv_timer_start(
        &later_,
        [](uv_timer_t* timer) {
          static_cast<AheadLoop*>(timer->data)->after_turn();
        },
        kTurn.count() + 1, 0);
  }

  void after_turn() {
    if (offered_ < kClients) {
      offer();
      return;
    }
    uv_close(reinterpret_cast<uv_handle_t*>(&look_), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&later_), nullptr);
    server_.stop();
  }

  void offer() {
    ++offered_;
    waits_ = false;
    clients_.push_back(client_of(port_of(server_.listener().fd())));
  }

  Server& server_;
  const bool other_takes_;
  std::vector<Fd> clients_;
  std::uint32_t offered_ = 0;
  bool waits_ = false;
  uv_timer_t later_;
  uv_check_t look_;
};

struct Split {
  std::uint32_t own = 0;
  std::uint32_t given_away = 0;
};

Split split(bool other_takes) {
  const NoService service;
  Hosting hosting{.ready = [] {}};
  hosting.listeners.push_back(listen_on(0, false));
  Server server(
      service,
      [](const std::atomic<bool>&, const Crowded&, WorkerCounts&) {
        return std::make_unique<Silent>();
      },
      {.cpus = {0}, .workers = 2}, std::move(hosting),
      [](const Work&) { return std::vector<std::string>{}; });
  server.gate().expect(1);
  std::thread other([&] {
    server.enter();
    server.counts().shares.store(true);
  });
  server.enter();
  other.join();
  AheadLoop loop(server, other_takes);
  loop.run();
  return {loop.own(), loop.given_away};
}

TEST(ServerLoop, LeavesEachConnectionToOthersWhileItIsAhead) {
  const Split found = split(/*other_takes=*/true);
  EXPECT_EQ(found.given_away, AheadLoop::kClients);
  EXPECT_EQ(found.own, 0u);
}

TEST(ServerLoop, TakesAfterAllWhatNobodyElseTakes) {
  const Split found = split(/*other_takes=*/false);
  EXPECT_EQ(found.own, AheadLoop::kClients);
}

}  // namespace
}  // namespace bench
