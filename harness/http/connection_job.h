// HttpConnection: the job behind http_connections().
//
// connection.cpp says what is waited for, connection_answers.cpp what is
// answered.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "harness/core/job.h"
#include "harness/core/service.h"
#include "harness/core/worker_counts.h"
#include "harness/http/answer_writer.h"
#include "harness/http/buffer.h"
#include "harness/http/limits.h"
#include "harness/http/request_reader.h"

namespace bench {

/// A connection, from its first byte to its last. Refers to what it was made
/// with.
class HttpConnection : public Job {
 public:
  HttpConnection(const Service& service, const HttpLimits& limits,
                 const std::atomic<bool>& stopping, Crowded crowded,
                 WorkerCounts& counts)
      : limits_(limits),
        stopping_(stopping),
        counts_(counts),
        crowded_(std::move(crowded)),
        reader_(limits) {
    call_.service = &service;
  }

  Step resume(ssize_t result) noexcept override;
  std::uint64_t digest() const noexcept override { return 0; }

 private:
  /// What an idle connection has room for: a small request.
  static constexpr std::size_t kSmallInput = 928;

  /// What the last step was for.
  enum class Wait : std::uint8_t {
    nothing,
    question,    ///< the first byte of a request
    rest,        ///< the rest of one
    work,        ///< a call's answer
    output,      ///< to send what is in `out_`
    shut,        ///< to tell the client that nothing more will come
    last_words,  ///< of a client who has not heard that yet
  };

  Step go_on();
  Step read_question(std::chrono::nanoseconds patience);
  Step read_rest();
  Step send();
  Step leave();
  Step linger();

  void take_in(ssize_t size);
  bool begin_request();
  void route_request();
  bool begin_answer();
  void add_answer(const Answer& answer);
  void add(AnswerHead head, AnswerTail body);
  void add_failure(int error);
  void refuse(const Refusal& refusal);
  void rest();

  std::span<std::byte> input_room() {
    return std::as_writable_bytes(in_.room());
  }
  /// True if nothing of the next request has come.
  bool idle() { return in_.empty() && reader_.between_requests(); }
  bool is_last();

  const HttpLimits& limits_;
  const std::atomic<bool>& stopping_;
  WorkerCounts& counts_;
  const Crowded crowded_;
  RequestReader reader_;
  Call call_;
  Route::Kind kind_ = Route::Kind::answer;
  Wait wait_ = Wait::nothing;
  bool fresh_ = true;    ///< just connected
  bool filled_ = false;  ///< more may lie behind what was read last
  bool head_only_ = false;
  bool closing_ = false;  ///< behind what is to be sent
  bool lingers_ = false;  ///< the client may be sending still
  const char* allow_ = "";
  std::uint64_t count_ = 0;
  std::int64_t deadline_ = 0;  ///< of the wait for a rest; 0: none yet
  std::size_t lingered_ = 0;
  std::string body_;  ///< of a request that wants it back
  AnswerWriter out_;
  Buffer<kSmallInput> in_;
};

// Ten thousand connections that say nothing take 22 MB.
static_assert(sizeof(HttpConnection) <= 2200);

}  // namespace bench
