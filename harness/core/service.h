// Service: what a server does with a request once it has been read.
//
// A route gives an answer at once, or work: a job inside the connection's own,
// which a model may drive where the connection is or send to another process.
// The protocol around it: harness/http/.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "harness/core/job.h"

namespace bench {

/// What a request asks for, as the service that routed it understands it.
/// Trivially copyable: a message to another process can carry it.
struct Work {
  std::uint32_t kind = 0;
  std::uint32_t choice = 0;
  std::uint64_t index = 0;
  double amount = 0;
  double share = 0;
};

/// What comes back: a status and a short body. Trivially copyable too.
struct Answer {
  enum class Type : std::uint8_t { text, json, html };

  std::uint16_t status = 200;
  Type type = Type::text;
  std::uint8_t size = 0;
  std::array<char, 236> bytes;

  std::string_view body() const { return {bytes.data(), size}; }
  /// Cuts what does not fit.
  void set_body(std::string_view text) {
    size = static_cast<std::uint8_t>(std::min(text.size(), bytes.size()));
    std::memcpy(bytes.data(), text.data(), size);
  }
};
static_assert(sizeof(Answer) == 240);

/// What a service makes of a request.
struct Route {
  enum class Kind : std::uint8_t {
    answer,  ///< `answer`, at once: also refusals, with a body people can read
    work,    ///< `work` must be done first
    bytes,   ///< `count` bytes: byte i is 'a' + i % 26
    echo,    ///< the request's own body
    page,    ///< Service::page(`work`), made when it is asked for
  };
  Kind kind = Kind::answer;
  Answer answer;
  Work work;
  std::uint64_t count = 0;
  const char* allow = "";  ///< status 405: the methods that the target takes
};

/// An answer of any length.
struct Page {
  std::uint16_t status = 200;
  Answer::Type type = Answer::Type::text;
  std::string body;
};

/// Immutable after construction; safe to use from all threads and, copied by
/// fork, from all processes.
class Service {
 public:
  virtual ~Service() = default;

  /// `method` is "GET", "HEAD", "POST" ...; `target` is in origin form, path
  /// and query as they came ("/cpu?us=100"). HEAD is routed as GET is.
  virtual Route route(std::string_view method,
                      std::string_view target) const noexcept = 0;

  /// Makes the job of some work; two calls make equal jobs. Null: there is
  /// nothing to do but to answer. REQUIRES: route() made `work`.
  virtual std::unique_ptr<Job> job(const Work& work) const noexcept = 0;

  /// The answer to `work`, whose `job`, if it has one, has finished without an
  /// error.
  virtual Answer answer(const Work& work, const Job* job) const noexcept = 0;

  /// What the answer must be, found by another road where there is one.
  virtual Answer expected(const Work& work) const = 0;

  /// Where the connection is, whatever the model. REQUIRES: a route has named
  /// it.
  virtual Page page(const Work&) const { return {}; }

  /// Called once by each worker before its first job.
  virtual void prepare_worker() const {}
};

/// A job inside a job: Step::run(call) does its work and fills its answer.
struct Call {
  const Service* service = nullptr;
  Work work;
  Answer answer;  ///< REQUIRES: the step brought 0
};

/// How the work of a call ended, as one process tells another one.
struct WorkResult {
  std::int64_t error = 0;  ///< 0, or why it failed (an errno value)
  Answer answer;           ///< REQUIRES: error is 0
};

/// True if others wait for the worker that has a connection. One that blocks
/// serves nobody else meanwhile: it keeps the connection alive only if nobody
/// waits. Empty where that does not matter.
using Crowded = std::function<bool()>;

}  // namespace bench
