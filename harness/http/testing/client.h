// Tools of the tests of harness/http: a service, a client, and a driver that
// has a connection between them instead of a socket.
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/job.h"
#include "harness/core/service.h"
#include "harness/http/connection.h"
#include "harness/http/limits.h"
#include "harness/posix/clock.h"

namespace bench {

/// A small copy of what the scenario http answers.
class TestService : public Service {
 public:
  Route route(std::string_view method,
              std::string_view target) const noexcept override {
    const std::string_view path = target.substr(0, target.find('?'));
    const bool reads = method == "GET" || method == "HEAD";
    Route route;
    if (path == "/echo") {
      if (method != "POST") return refusal("POST");
      route.kind = Route::Kind::echo;
      return route;
    }
    if (path != "/plaintext" && path != "/json" && path != "/bytes" &&
        path != "/health") {
      route.answer.status = 404;
      route.answer.set_body(target);
      return route;
    }
    if (!reads) return refusal("GET, HEAD");
    if (path == "/bytes") {
      route.kind = Route::Kind::bytes;
      const std::string_view number = target.substr(path.size() + 3);
      std::from_chars(number.data(), number.data() + number.size(),
                      route.count);
    } else if (path == "/health") {
      route.answer.set_body("ok\n");
    } else {
      route.kind = Route::Kind::work;
      route.work.choice = path == "/json";
    }
    return route;
  }

  std::unique_ptr<Job> job(const Work&) const noexcept override {
    return nullptr;  // the driver below needs none
  }
  Answer answer(const Work& work, const Job*) const noexcept override {
    return expected(work);
  }
  Answer expected(const Work& work) const override {
    Answer answer;
    answer.type = work.choice == 1 ? Answer::Type::json : Answer::Type::text;
    answer.set_body(work.choice == 1 ? R"({"message":"Hello, World!"})"
                                     : "Hello, World!");
    return answer;
  }

 private:
  static Route refusal(const char* allow) {
    Route route;
    route.answer.status = 405;
    route.answer.set_body("no\n");
    route.allow = allow;
    return route;
  }
};

/// One answer as a client sees it.
struct Seen {
  int status = 0;
  std::string head;
  std::string body;

  /// The value of a field; "" if there is none.
  std::string field(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == head.npos) return "";
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

/// Splits what a server sent. The answers to those requests whose numbers are
/// in `heads` have no body. What is no whole answer becomes one of status 0.
inline std::vector<Seen> answers_in(
    std::string_view text, const std::vector<std::size_t>& heads = {}) {
  std::vector<Seen> all;
  std::size_t finals = 0;
  while (!text.empty()) {
    Seen seen;
    const std::size_t end = text.find("\r\n\r\n");
    if (end == text.npos || !text.starts_with("HTTP/1.1 ")) {
      seen.body = text;
      all.push_back(seen);
      break;
    }
    seen.head = text.substr(0, end + 2);
    seen.status = std::stoi(seen.head.substr(9, 3));
    text.remove_prefix(end + 4);
    const std::string length = seen.field("Content-Length");
    if (seen.status >= 200) {
      const bool bare =
          std::find(heads.begin(), heads.end(), finals) != heads.end();
      ++finals;
      const std::size_t size = bare ? 0 : std::stoul(length);
      if (size > text.size()) seen.status = 0;
      seen.body = text.substr(0, size);
      text.remove_prefix(seen.body.size());
    }
    all.push_back(seen);
  }
  return all;
}

/// What a client of a connection does, and what it saw in the end.
struct Client {
  std::deque<std::string> pieces;     ///< each for one read at least
  std::chrono::nanoseconds delay{0};  ///< in front of each piece
  /// What reads bring when the pieces are used up: 0 is the end of the stream.
  ssize_t afterwards = 0;
  std::size_t takes = SIZE_MAX;  ///< bytes of one write at most
  ssize_t write_error = 0;       ///< if not 0, what all writes bring
  int call_error = 0;            ///< if not 0, how all calls fail

  std::string output;
  std::vector<Step> steps;  ///< all that were asked for
  bool shut = false;
  /// The connection waited for the client when the pieces were used up; in the
  /// middle of a request or not.
  bool open = false;
  bool idle = false;

  std::size_t count(Step::Kind kind) const {
    return static_cast<std::size_t>(
        std::count_if(steps.begin(), steps.end(),
                      [kind](const Step& step) { return step.kind == kind; }));
  }
};

/// How many reads there were in front of the first write.
inline std::ptrdiff_t reads_before_write(const Client& client) {
  const auto write = std::find_if(
      client.steps.begin(), client.steps.end(),
      [](const Step& step) { return step.kind == Step::Kind::write; });
  return std::count_if(client.steps.begin(), write, [](const Step& step) {
    return step.kind == Step::Kind::read;
  });
}

/// Drives `job` to its end, with `client` at the other end of its stream.
inline void converse(Job& job, Client& client) {
  ssize_t result = 0;
  for (;;) {
    const Step step = job.resume(result);
    client.steps.push_back(step);
    switch (step.kind) {
      case Step::Kind::finished:
        return;
      case Step::Kind::read: {
        if (client.pieces.empty()) {
          client.open = client.open || !client.shut;
          client.idle = client.idle || step.idle;
          result = client.afterwards;
          break;
        }
        if (client.delay.count() > 0) {
          sleep_for(std::min(client.delay, step.time));
        }
        if (client.delay > step.time) {
          result = -ETIMEDOUT;
          break;
        }
        std::string& piece = client.pieces.front();
        const std::size_t size = std::min(piece.size(), step.size);
        std::memcpy(step.data, piece.data(), size);
        piece.erase(0, size);
        if (piece.empty()) client.pieces.pop_front();
        result = static_cast<ssize_t>(size);
        break;
      }
      case Step::Kind::write: {
        if (client.write_error != 0) {
          result = client.write_error;
          break;
        }
        const std::size_t size = std::min(client.takes, step.size);
        client.output.append(reinterpret_cast<const char*>(step.data), size);
        result = static_cast<ssize_t>(size);
        break;
      }
      case Step::Kind::shut:
        client.shut = true;
        result = 0;
        break;
      case Step::Kind::call:
        if (client.call_error == 0) {
          step.call->answer = step.call->service->expected(step.call->work);
        }
        result = -client.call_error;
        break;
      default:
        result = -EINVAL;
        break;
    }
  }
}

/// A server for one client at a time.
struct TestServer {
  TestService service;
  HttpLimits limits;
  std::atomic<bool> stopping{false};
  Crowded crowded;
  mutable WorkerCounts counts;

  std::unique_ptr<Job> connection() const {
    return http_connections(service, limits)(stopping, crowded, counts);
  }
  /// What becomes of `client`.
  Client serve_client(Client client) const {
    converse(*connection(), client);
    return client;
  }
  /// What a client sees that sends `pieces`.
  Client serve(std::deque<std::string> pieces) const {
    return serve_client({.pieces = std::move(pieces)});
  }
};

}  // namespace bench
