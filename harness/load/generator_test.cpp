// LoadGenerator: whatever a server does, every request has exactly one fate.
#include "harness/load/generator.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "harness/load/tally.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/posix/fd.h"
#include "harness/posix/loopback.h"

namespace bench {
namespace {

constexpr const char* kHello =
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello";

/// Calls `serve(connection, number)` for each connection, in a thread of its
/// own; all have ended when it dies.
class TestServer {
 public:
  using Serve = std::function<void(int connection, int number)>;

  explicit TestServer(Serve serve) : serve_(std::move(serve)) {
    listener_ =
        Fd(check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    const sockaddr_in address = loopback(0);
    check(bind(listener_.get(), general(address), sizeof address), "bind");
    check(listen(listener_.get(), 1024), "listen");
    port_ = port_of(listener_.get());
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~TestServer() {
    shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
  }

  std::uint16_t port() const { return port_; }
  int accepted() const { return accepted_; }

 private:
  void accept_all() {
    for (;;) {
      const int connection = accept(listener_.get(), nullptr, nullptr);
      if (connection < 0) return;
      threads_.emplace_back([this, connection, number = accepted_++] {
        const Fd owner(connection);
        serve_(connection, number);
      });
    }
  }

  Serve serve_;
  Fd listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> threads_;
};

/// Reads up to the end of a request's head; false if there is none.
bool read_request(int connection) {
  std::string head;
  char piece[4096];
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = recv(connection, piece, sizeof piece, 0);
    if (got <= 0) return false;
    head.append(piece, static_cast<std::size_t>(got));
  }
  return true;
}

void write_text(int connection, const std::string& text) {
  send(connection, text.data(), text.size(), MSG_NOSIGNAL);
}

void serve_hello(int connection, int) {
  while (read_request(connection)) write_text(connection, kHello);
}

LoadOrder short_order(const TestServer& server) {
  LoadOrder order;
  order.port = server.port();
  order.requests = {{.target = "/", .body = "Hello"}};
  order.connections = 4;
  order.warmup_seconds = 0.02;
  order.seconds = 0.1;
  order.timeout_seconds = 10;
  return order;
}

std::uint64_t number(const Json& report, const char* key) {
  return report.at(key).get<std::uint64_t>();
}

void expect_the_account_adds_up(const Json& report) {
  std::uint64_t sum = 0;
  for (const char* fate : kFateNames) sum += number(report, fate);
  EXPECT_EQ(number(report, "sent"), sum) << report.dump();
  EXPECT_EQ(number(report.at("latency"), "count"),
            sum - number(report, "reset"))
      << report.dump();
}

TEST(LoadGenerator, ClosedLoopKeepsItsConnectionsBusy) {
  const TestServer server(serve_hello);
  const Json report = run_load(short_order(server));
  expect_the_account_adds_up(report);
  EXPECT_GT(number(report, "ok"), 4U);
  EXPECT_EQ(number(report, "ok"), number(report, "sent"));
  EXPECT_EQ(number(report, "opened"), 4U);
  EXPECT_EQ(server.accepted(), 4);
  EXPECT_TRUE(report.at("naive").is_null());
  EXPECT_TRUE(report.at("offered_per_second").is_null());
  EXPECT_TRUE(report.at("server").is_null());
  EXPECT_GT(report.at("little_ratio").get<double>(), 0);
}

TEST(LoadGenerator, ThreadsShareConnectionsAndRate) {
  const TestServer server(serve_hello);
  LoadOrder order = short_order(server);
  order.threads = 3;
  order.connections = 7;
  order.rate = 1000;
  order.warmup_seconds = 0;
  const Json report = run_load(order);
  expect_the_account_adds_up(report);
  EXPECT_EQ(number(report, "sent"), 100U);
  EXPECT_EQ(number(report, "opened"), 7U);
  EXPECT_EQ(report.at("offered_per_second"), 1000.0);
  EXPECT_GE(report.at("latency").at("mean").get<double>(),
            report.at("naive").at("mean").get<double>());
}

TEST(LoadGenerator, MoreThreadsThanConnectionsAreNotMade) {
  const TestServer server(serve_hello);
  LoadOrder order = short_order(server);
  order.threads = 8;
  order.connections = 2;
  const Json report = run_load(order);
  expect_the_account_adds_up(report);
  EXPECT_EQ(number(report, "opened"), 2U);
}

TEST(LoadGenerator, AConnectionForEachRequest) {
  const TestServer server(serve_hello);
  LoadOrder order = short_order(server);
  order.keep_alive = false;
  order.connections = 2;
  order.rate = 500;
  const Json report = run_load(order);
  expect_the_account_adds_up(report);
  EXPECT_EQ(number(report, "sent"), 50U);
  // On a busy machine the last ones may leave when the window has closed.
  EXPECT_EQ(number(report, "ok") + number(report, "in_flight_at_end"), 50U);
  EXPECT_EQ(number(report, "opened"), 60U);  // those of the warm-up, too
}

TEST(LoadGenerator, WhoNeverAnswersTimesOut) {
  const TestServer server([](int connection, int) {
    while (read_request(connection)) {
    }
  });
  LoadOrder order = short_order(server);
  order.timeout_seconds = 0.05;
  const Json report = run_load(order);
  expect_the_account_adds_up(report);
  EXPECT_GT(number(report, "timed_out"), 0U);
  EXPECT_EQ(number(report, "timed_out"), number(report, "sent"));
  EXPECT_NEAR(report.at("latency").at("p50").get<double>(), 0.05, 5e-5);
  EXPECT_EQ(report.at("latency").at("max"), 0.05);
}

TEST(LoadGenerator, WhatFindsNoConnectionCountsFromWhenItWasDue) {
  const TestServer server([](int connection, int) {
    while (read_request(connection)) {
    }
  });
  LoadOrder order = short_order(server);
  order.timeout_seconds = 0.05;
  order.connections = 1;
  order.rate = 1000;
  order.warmup_seconds = 0;
  const Json report = run_load(order);
  expect_the_account_adds_up(report);
  EXPECT_EQ(number(report, "sent"), 100U);
  EXPECT_GE(number(report, "in_flight_at_end"), 90U);
  // The last one was due 50 ms before sending ended for good.
  EXPECT_GE(report.at("latency").at("p50").get<double>(), 0.09);
  EXPECT_LE(report.at("naive").at("max").get<double>(), 0.05);
}

TEST(LoadGenerator, WhoResetsIsCountedAndHasNoLatency) {
  const TestServer server([](int connection, int) {
    read_request(connection);
    reset_when_closed(connection);
  });
  const Json report = run_load(short_order(server));
  expect_the_account_adds_up(report);
  EXPECT_GT(number(report, "reset"), 0U);
  EXPECT_EQ(number(report, "reset"), number(report, "sent"));
  EXPECT_EQ(number(report, "stale"), 0U);
  EXPECT_TRUE(report.at("latency").at("p50").is_null());
}

TEST(LoadGenerator, AStaleConnectionIsNoErrorOnce) {
  // The second request on each connection finds it closed.
  const TestServer server([](int connection, int) {
    if (!read_request(connection)) return;
    write_text(connection, kHello);
    read_request(connection);
  });
  const Json report = run_load(short_order(server));
  expect_the_account_adds_up(report);
  EXPECT_GT(number(report, "ok"), 1U);
  EXPECT_EQ(number(report, "ok"), number(report, "sent"));
  EXPECT_GT(number(report, "stale"), 0U);
}

TEST(LoadGenerator, TheTimeLineHoldsAllOfTheFirstKind) {
  const TestServer server(serve_hello);
  LoadOrder order = short_order(server);
  order.rate = 1000;
  order.arrival = LoadOrder::Arrival::poisson;
  order.timeline_seconds = 0.025;
  order.requests.push_back({.target = "/other", .share = 0.5, .body = "Hello"});
  const Json report = run_load(order);
  expect_the_account_adds_up(report);
  ASSERT_EQ(report.at("groups").size(), 2U);
  ASSERT_EQ(report.at("timeline").at("count").size(), 4U);
  std::uint64_t sum = 0;
  for (const Json& count : report.at("timeline").at("count")) {
    sum += count.get<std::uint64_t>();
  }
  EXPECT_EQ(sum, number(report.at("groups")[0], "count"));
  EXPECT_EQ(sum + number(report.at("groups")[1], "count"),
            number(report, "sent"));
}

TEST(LoadGenerator, IdleConnectionsStaySilentAndAreReplaced) {
  const TestServer server([](int connection, int number) {
    // Those that work come first; one of those held open is closed at once.
    if (number != 5) serve_hello(connection, number);
  });
  LoadOrder order = short_order(server);
  order.connections = 2;
  order.idle_connections = 20;
  order.seconds = 0.5;
  const Json report = run_load(order);
  expect_the_account_adds_up(report);
  EXPECT_EQ(number(report, "opened"), 23U);
  EXPECT_EQ(number(report, "ok"), number(report, "sent"));
}

TEST(LoadGenerator, NobodyThere) {
  LoadOrder order;
  {
    const TestServer server(serve_hello);
    order = short_order(server);
  }
  const Json report = run_load(order);
  expect_the_account_adds_up(report);
  EXPECT_GT(number(report, "reset"), 0U);
  EXPECT_EQ(number(report, "reset"), number(report, "sent"));
  EXPECT_GE(number(report, "connect_failed"), number(report, "reset"));
}

TEST(LoadGenerator, RefusesAnOrderWithoutSense) {
  EXPECT_THROW(run_load(LoadOrder()), std::invalid_argument);
  LoadOrder order;
  order.port = 80;
  order.address = "10.0.0.1";
  EXPECT_THROW(run_load(order), std::invalid_argument);
}

}  // namespace
}  // namespace bench
