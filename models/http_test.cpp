// Serving: what every model owes to its clients, over real sockets.
//
// Each server is a process of its own, as in conformance_test.cpp. The bytes
// that go in are the same for every model, and so are those that come out.
#include <gmock/gmock.h>

#include <cctype>
#include <chrono>

#include "harness/backend/backend.h"
#include "harness/http/testing/cases.h"
#include "models/testing/hosted.h"

namespace bench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Serving : public testing::TestWithParam<const ModelInfo*> {};

INSTANTIATE_TEST_SUITE_P(All, Serving, testing::ValuesIn(models_that_serve()),
                         [](const auto& one) {
                           return as_test_name(one.param->name());
                         });

TEST_P(Serving, AnswersEveryRoute) {
  const Backend backend = Backend::start({}, 100, 1, run_backend);
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

TEST_P(Serving, TellsAllItsProcessesOfAWrite) {
  Served served(*GetParam(), {.workers = 3, .admin = true});
  EXPECT_THAT(ask(served.port(), "/cache"), HasSubstr("\"epoch\":0,"));
  Client writer(served.port());
  writer.send("PUT /cache?value=5 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(writer.read_answers(1), HasSubstr("\"value\":5"));
  writer.close();
  const std::size_t others = served.processes().size() - 1;
  while (served.received() < others) usleep(1000);
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(ask(served.port(), "/cache"), HasSubstr("\"value\":5"));
  }
  EXPECT_EQ(served.stop(), 0);
  EXPECT_EQ(served.received(), others);
}

TEST_P(Serving, KeepsItsConnectionsToTheBackend) {
  const Backend backend = Backend::start({}, 100, 1, run_backend);
  Served served(*GetParam(), {.backend_port = backend.port()});
  constexpr std::uint64_t kRequests = 20;
  constexpr std::uint64_t kWorkers = 2;
  for (std::uint64_t i = 0; i < kRequests; ++i) {
    EXPECT_THAT(ask(served.port(), "/io?ms=1"), StartsWith("HTTP/1.1 200 "));
  }
  // One after another: each worker needs no more than one.
  const std::uint64_t most = GetParam()->worker_per_job ? kRequests : kWorkers;
  EXPECT_LE(backend.figures().connections, most);
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
  const Backend backend = Backend::start({}, 100, 1, run_backend);
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
  std::optional<Backend> backend = Backend::start({}, 100, 1, run_backend);
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
