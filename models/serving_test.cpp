// Serving: what every model owes to its clients, over real sockets.
//
// Each server is a process of its own, as in conformance_test.cpp. The bytes
// that go in are the same for every model, and so are those that come out.
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/backend.h"
#include "harness/http/cases.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/repetition.h"
#include "harness/server.h"
#include "models/testing.h"

namespace bench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Server* the_server = nullptr;

/// A model that serves the routes of scenario http.
class Served {
 public:
  struct Options {
    std::uint32_t workers = 2;
    std::uint16_t backend_port = 0;
    HttpLimits limits = {};
  };

  explicit Served(const ModelInfo& model) : Served(model, Options{}) {}
  Served(const ModelInfo& model, const Options& options) {
    int ends[2];
    check(pipe2(ends, O_CLOEXEC), "pipe2");
    const Fd ready(ends[0]);
    Fd tell(ends[1]);
    Fd listener = listen_on(0, model.own_listeners);
    port_ = port_of(listener.get());
    process_.emplace(
        Child::fork([&] { serve(model, options, std::move(listener), tell); }));
    tell.reset();
    listener.reset();
    char byte;
    EXPECT_EQ(read(ready.get(), &byte, 1), 1) << "the server is not ready";
  }

  std::uint16_t port() const { return port_; }
  pid_t pid() const { return process_->pid(); }

  /// Asks it to stop and waits for its end; the status of waitpid(2).
  int stop() {
    kill(process_->pid(), SIGTERM);
    return process_->wait();
  }

 private:
  static void serve(const ModelInfo& model, const Options& options, Fd listener,
                    const Fd& tell) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    Order order;
    order.scenario = "http";
    order.seed = 7;
    order.parameters = defaults_of(scenario_named("http").parameters);
    order.parameters.set("size", "1000");
    order.surroundings.backend_port = options.backend_port;
    const std::unique_ptr<Service> service = scenario_named("http").service(
        order.parameters, order.seed, order.surroundings);
    const std::uint32_t workers = model.one_worker ? 1 : options.workers;
    Server server(
        *service, options.limits,
        {{0}, workers, workers, defaults_of(model.parameters)},
        std::move(listener),
        [&] { check(write(tell.get(), "r", 1), "say ready"); },
        [&](const Work& work) { return work_command(order, work); });
    the_server = &server;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, [](int) { the_server->stop(); });
    model.make()->serve(server);
    // No worker outlives serve(): no child, not even a zombie, and no thread.
    if (waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD) _exit(10);
#if !defined(__SANITIZE_THREAD__)  // which has a thread of its own
    if (threads() != 1) _exit(11);
#endif
  }

  static int threads() {
    DIR* const handle = opendir("/proc/self/task");
    int count = -2;  // "." and ".."
    while (readdir(handle) != nullptr) ++count;
    closedir(handle);
    return count;
  }

  static std::vector<std::string> work_command(const Order& order,
                                               const Work& work) {
    return {BENCH_BINARY, "__work", order.to_text(), to_text(work),
            std::to_string(getpid())};
  }

  std::uint16_t port_ = 0;
  std::optional<Child> process_;
};

/// A connection of a client.
class Client {
 public:
  explicit Client(std::uint16_t port)
      : fd_(check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(connect(fd_.get(), reinterpret_cast<sockaddr*>(&address),
                  sizeof address),
          "connect");
  }

  /// False if the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent =
          ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void shut() { shutdown(fd_.get(), SHUT_WR); }

  /// What comes until the server closes; dates are left out.
  std::string read_to_end() {
    while (read_some()) {
    }
    return without_dates(std::exchange(got_, ""));
  }

  /// The next `count` answers with a Content-Length. Empty if there are fewer.
  std::string read_answers(int count) {
    std::size_t end = 0;
    while (count > 0) {
      const std::size_t head = got_.find("\r\n\r\n", end);
      std::size_t size = 0;
      if (head != got_.npos) {
        const std::size_t length = got_.find("Content-Length: ", end);
        if (length < head) size = std::stoul(got_.substr(length + 16));
      }
      if (head == got_.npos || got_.size() < head + 4 + size) {
        if (!read_some()) return "";
        continue;
      }
      end = head + 4 + size;
      --count;
    }
    std::string answers = got_.substr(0, end);
    got_.erase(0, end);
    return without_dates(std::move(answers));
  }

  /// True if the server has closed, or does so within a while.
  bool closed() {
    while (read_some()) got_.clear();
    return ended_;
  }

 private:
  bool read_some() {
    pollfd ready{fd_.get(), POLLIN, 0};
    if (poll(&ready, 1, 10'000) <= 0) return false;
    char bytes[65536];
    const ssize_t size = recv(fd_.get(), bytes, sizeof bytes, 0);
    if (size > 0) got_.append(bytes, static_cast<std::size_t>(size));
    ended_ = size <= 0;
    return size > 0;
  }

  static std::string without_dates(std::string text) {
    for (;;) {
      const std::size_t begin = text.find("Date: ");
      if (begin == text.npos) return text;
      text.erase(begin, text.find("\r\n", begin) + 2 - begin);
    }
  }

  Fd fd_;
  std::string got_;
  bool ended_ = false;
};

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n";
}

std::string ask(std::uint16_t port, const std::string& target) {
  Client client(port);
  client.send(get(target));
  return client.read_answers(1);
}

class Serving : public testing::TestWithParam<const ModelInfo*> {};

INSTANTIATE_TEST_SUITE_P(All, Serving, testing::ValuesIn(models_that_serve()),
                         [](const auto& one) {
                           return as_test_name(one.param->name());
                         });

TEST_P(Serving, AnswersEveryRoute) {
  const Backend backend = Backend::start({}, 100, run_backend);
  Served served(*GetParam(), {.backend_port = backend.port()});
  EXPECT_THAT(ask(served.port(), "/plaintext"),
              HasSubstr("\r\n\r\nHello, World!"));
  EXPECT_THAT(ask(served.port(), "/json"),
              HasSubstr("{\"message\":\"Hello, World!\"}"));
  EXPECT_THAT(ask(served.port(), "/health"), HasSubstr("\r\n\r\nok"));
  EXPECT_THAT(ask(served.port(), "/bytes?n=30"),
              HasSubstr("\r\n\r\nabcdefghijklmnopqrstuvwxyzabcd"));
  EXPECT_THAT(ask(served.port(), "/nowhere"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(ask(served.port(), "/cpu?us=x"), StartsWith("HTTP/1.1 400 "));
  // The digests are those of the batch scenarios, found by another road.
  Parameters parameters = defaults_of(scenario_named("http").parameters);
  parameters.set("size", "1000");
  const auto service = scenario_named("http").service(parameters, 7, {});
  for (const char* target : {"/cpu?us=100", "/cpu?size=500&kernel=primes&i=3",
                             "/io?ms=1", "/mixed?ms=1&us=50", "/work/cpu/12",
                             "/work/io/1", "/work/mixed/2", "/work/null/9"}) {
    const Route route = service->route("GET", target);
    const std::string body(service->expected(route.work).body());
    EXPECT_THAT(ask(served.port(), target), HasSubstr("\r\n\r\n" + body))
        << target;
  }
  EXPECT_EQ(served.stop(), 0);
}

/// The statuses of some answers in order, without 100.
std::vector<int> statuses_in(const std::string& answers) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  std::vector<int> all;
  for (std::size_t at = answers.find(kVersion); at != answers.npos;
       at = answers.find(kVersion, at + 1)) {
    const std::string status = answers.substr(at + kVersion.size(), 3);
    // Bodies may speak of the version, too.
    if (std::isdigit(status[0]) != 0 && status != "100") {
      all.push_back(std::stoi(status));
    }
  }
  return all;
}

TEST_P(Serving, AnswersTheSameBytesAlike) {
  Served served(*GetParam());
  for (const Case& one : all_cases()) {
    SCOPED_TRACE(one.name);
    // Long ones byte by byte belong to the tests of the protocol itself.
    const std::size_t whole = std::max<std::size_t>(1, one.bytes.size());
    for (const std::size_t step : {whole, whole < 400 ? 1 : whole / 2 + 1}) {
      Client client(served.port());
      const std::string_view bytes = one.bytes;
      for (std::size_t sent = 0; sent < bytes.size(); sent += step) {
        if (!client.send(bytes.substr(sent, step))) break;
      }
      client.shut();  // whoever keeps the connection open may close it now
      EXPECT_EQ(statuses_in(client.read_to_end()), one.statuses);
    }
  }
  EXPECT_THAT(ask(served.port(), "/plaintext"), HasSubstr("Hello, World!"));
  EXPECT_EQ(served.stop(), 0);
}

TEST_P(Serving, AnswersManyClientsInTurn) {
  const ModelInfo& model = *GetParam();
  Served served(model, {.workers = 8});
  // As many as have a worker each; more would wait for the first to leave.
  const bool blocking = model.serves == ModelInfo::Serves::blocking;
  const std::size_t count = model.one_worker && blocking ? 1 : 8;
  std::vector<Client> clients;
  for (std::size_t i = 0; i < count; ++i) clients.emplace_back(served.port());
  for (int round = 0; round < 20; ++round) {
    for (Client& client : clients) {
      ASSERT_TRUE(client.send(get("/plaintext") + get("/cpu?us=1")));
    }
    for (Client& client : clients) {
      const std::string answers = client.read_answers(2);
      ASSERT_LT(answers.find("Hello, World!"), answers.find("digest"));
      ASSERT_THAT(answers, HasSubstr("digest"));
    }
  }
  clients.clear();
  EXPECT_EQ(served.stop(), 0);
}

TEST_P(Serving, LetsOthersInWhenClientsAreMoreThanWorkers) {
  Served served(*GetParam());
  std::vector<Client> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back(served.port());
    clients.back().send(get("/plaintext"));
  }
  for (Client& client : clients) {
    EXPECT_THAT(client.read_answers(1), HasSubstr("Hello, World!"));
  }
  EXPECT_EQ(served.stop(), 0);
}

TEST_P(Serving, EndsIdleConnectionsAndAnswersTheOthersWhenItStops) {
  const Backend backend = Backend::start({}, 100, run_backend);
  const ModelInfo& model = *GetParam();
  Served served(model, {.backend_port = backend.port()});
  const bool alone =
      model.one_worker && model.serves == ModelInfo::Serves::blocking;
  std::optional<Client> idle;
  if (!alone) {
    idle.emplace(served.port());
    idle->send(get("/health"));
    EXPECT_THAT(idle->read_answers(1), HasSubstr("ok"));
  }
  Client busy(served.port());
  busy.send(get("/health"));
  EXPECT_THAT(busy.read_answers(1), HasSubstr("ok"));
  busy.send(get("/io?ms=300"));
  usleep(100'000);  // it has been read, and is far from answered
  kill(served.pid(), SIGTERM);
  const std::string answer = busy.read_to_end();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, HasSubstr("digest"));
  if (idle) {
    EXPECT_TRUE(idle->closed());
  }
  EXPECT_EQ(served.stop(), 0);
}

TEST_P(Serving, SaysWhenTheBackendIsGone) {
  std::optional<Backend> backend = Backend::start({}, 100, run_backend);
  Served served(*GetParam(), {.backend_port = backend->port()});
  backend.reset();
  const std::string answer = ask(served.port(), "/io?ms=1");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 502 "));
  EXPECT_THAT(answer, HasSubstr("ECONNREFUSED"));
  EXPECT_THAT(ask(served.port(), "/plaintext"), HasSubstr("Hello, World!"));
  EXPECT_EQ(served.stop(), 0);
}

TEST_P(Serving, LosesPatienceWithSlowClients) {
  HttpLimits limits;
  limits.idle_time = limits.head_time = std::chrono::milliseconds(100);
  Served served(*GetParam(), {.limits = limits});
  {
    Client silent(served.port());
    EXPECT_EQ(silent.read_to_end(), "");
  }
  Client slow(served.port());
  slow.send("GET /plaintext HTTP/1.1\r\nHo");
  EXPECT_THAT(slow.read_to_end(), StartsWith("HTTP/1.1 408 "));
  EXPECT_EQ(served.stop(), 0);
}

TEST_P(Serving, SurvivesClientsThatGo) {
  Served served(*GetParam());
  for (int i = 0; i < 20; ++i) {
    Client client(served.port());
    client.send(get("/bytes?n=10000000") + get("/plaintext").substr(0, 10));
    // It is closed with answers unread: a reset.
  }
  EXPECT_THAT(ask(served.port(), "/plaintext"), HasSubstr("Hello, World!"));
  EXPECT_EQ(served.stop(), 0);
}

TEST_P(Serving, SendsMuchToASlowReader) {
  Served served(*GetParam());
  Client client(served.port());
  client.send(get("/bytes?n=5000000"));
  usleep(100'000);  // the sockets between them are full by then
  const std::string answer = client.read_answers(1);
  const std::size_t body = answer.find("\r\n\r\n") + 4;
  ASSERT_EQ(answer.size() - body, 5'000'000u);
  EXPECT_EQ(answer[body + 4'999'999], 'a' + 4'999'999 % 26);
  EXPECT_EQ(served.stop(), 0);
}

}  // namespace
}  // namespace bench
