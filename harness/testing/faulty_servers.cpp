// Faulty servers: models that serve and break a rule, for tests only.
//
// Linked into bench_faulty, never into bench: they prove that the harness
// sees a server that answers wrongly, dies, never gets ready or never stops.
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/core/model.h"
#include "harness/core/scenario.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"

namespace bench {
namespace {

/// Answers /plaintext to whatever comes, in one thread.
class FaultyServer : public Model {
 public:
  void serve(Server& server) override {
    server.enter();
    std::vector<Fd> clients;
    while (!server.stopping()) {
      std::vector<pollfd> events = {{server.stop_fd(), POLLIN, 0},
                                    {server.listener().fd(), POLLIN, 0}};
      for (const Fd& one : clients) events.push_back({one.get(), POLLIN, 0});
      retry([&] { return poll(events.data(), events.size(), -1); });
      for (std::size_t i = 2; i < events.size(); ++i) {
        if (events[i].revents != 0) answer(clients[i - 2]);
      }
      std::erase_if(clients, [](const Fd& one) { return !one; });
      for (;;) {
        Accepted accepted = server.listener().accept();
        if (!accepted.connection) break;
        clients.push_back(std::move(accepted.connection));
      }
    }
    stopped();
  }

 protected:
  /// One line, without its end, and the body of the next answer.
  virtual std::string status() { return "200 OK"; }
  virtual std::string body() { return "Hello, World!"; }
  virtual void stopped() {}

 private:
  void answer(Fd& client) {
    char request[4096];
    const ssize_t got = read(client.get(), request, sizeof request);
    if (got <= 0) return client.reset();
    const std::string text = body();
    const std::string bytes = "HTTP/1.1 " + status() + "\r\nContent-Length: " +
                              std::to_string(text.size()) + "\r\n\r\n" + text;
    send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
};

constexpr int kVictim = 20;  // this request, and its multiples, fare badly

class WrongBody : public FaultyServer {
  std::string body() override {
    return ++requests_ % kVictim == 0 ? "Hello, World?" : "Hello, World!";
  }
  int requests_ = 0;
};

class WrongStatus : public FaultyServer {
  std::string status() override {
    return ++requests_ % kVictim == 0 ? "500 Internal Server Error" : "200 OK";
  }
  int requests_ = 0;
};

class Dies : public FaultyServer {
  std::string body() override {
    if (++requests_ == kVictim) raise(SIGSEGV);
    return "Hello, World!";
  }
  int requests_ = 0;
};

class Deaf : public FaultyServer {
  void stopped() override {
    for (;;) pause();
  }
};

class NeverReady : public Model {
  void serve(Server&) override { throw std::runtime_error("no luck today"); }
};

template <typename M>
RegisterModel variant(const char* name) {
  return RegisterModel{{.id = "faulty-server",
                        .variant = name,
                        .summary = "breaks a rule, for tests",
                        .make = make_model<M>,
                        .serves = ModelInfo::Serves::in_loop,
                        .runs = false,
                        .one_worker = true}};
}

const RegisterModel servers[] = {
    variant<WrongBody>("wrong-body"),
    variant<WrongStatus>("wrong-status"),
    variant<Dies>("dies"),
    variant<Deaf>("deaf"),
    variant<NeverReady>("not-ready"),
};

std::unique_ptr<Service> no_service(const Parameters&, std::uint64_t,
                                    const Surroundings&) {
  throw std::runtime_error("no luck today");
}

Parameter number(const char* name, const char* fallback) {
  return {.name = name,
          .help = "as in scenario http",
          .kind = Parameter::Kind::real,
          .high = 1e6,
          .fallback = fallback};
}

/// Nobody knows what is right in its answers.
const RegisterScenario no_answers{{
    .id = "no-answers",
    .summary = "requests that cannot be prepared, for tests",
    .parameters = {number("connections", "4"), number("rate", "100,200"),
                   number("timeout-ms", "1000")},
    .calibrate = [](Parameters&,
                    const Surroundings&) { return JobLength{1e-3}; },
    .make = {},
    .service = no_service,
    .requests =
        [](const Parameters&) {
          return std::vector<RequestKind>{{"/plaintext", 1}};
        },
}};

}  // namespace
}  // namespace bench
