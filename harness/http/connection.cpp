// HttpConnection: what is waited for, from the first byte to the last.
#include "harness/http/connection.h"

#include <algorithm>
#include <cerrno>

#include "harness/http/connection_job.h"
#include "harness/posix/clock.h"

namespace bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Room for input while a long head or body comes.
constexpr std::size_t kLargeInput = std::size_t{16} * 1024;

/// Who has just connected is about to ask. A server that stops meanwhile waits
/// so long for the question, which would be lost otherwise.
constexpr nanoseconds kFresh = milliseconds(250);

/// How long, and for how many bytes, a client is listened to that is still
/// sending when the last answer has been sent. [RFC 9112, 9.6]
constexpr nanoseconds kLingerTime = std::chrono::seconds(1);
constexpr std::size_t kLingerBytes = std::size_t{64} * 1024;

}  // namespace

Step HttpConnection::resume(ssize_t result) noexcept {
  switch (wait_) {
    case Wait::nothing:
      break;
    case Wait::question:
      if (result == -ETIMEDOUT && fresh_ && limits_.idle_time > kFresh) {
        fresh_ = false;
        return read_question(limits_.idle_time - kFresh);
      }
      if (result <= 0) return Step::finished();
      take_in(result);
      break;
    case Wait::rest:
      if (result == -ETIMEDOUT) {
        refuse({408, "the request takes too long"});
        break;
      }
      // What ends in the middle was no request. It could be answered with
      // 400; mostly there is nobody left who would read that.
      if (result <= 0) return Step::finished();
      take_in(result);
      break;
    case Wait::work:
      if (result < 0) {
        add_failure(static_cast<int>(-result));
      } else {
        add_answer(call_.answer);
      }
      break;
    case Wait::output:
      if (result <= 0) return Step::finished();
      out_.sent(static_cast<std::size_t>(result));
      break;
    case Wait::shut:
      if (result < 0) return Step::finished();
      deadline_ = now_ns() + kLingerTime.count();
      return linger();
    case Wait::last_words:
      if (result <= 0) return Step::finished();
      lingered_ += static_cast<std::size_t>(result);
      return linger();
  }
  return go_on();
}

/// Reads requests and adds answers until something must be waited for.
Step HttpConnection::go_on() {
  for (;;) {
    if (closing_) return out_.empty() ? leave() : send();
    if (idle()) return out_.empty() ? read_question(limits_.idle_time) : send();
    // Requests that came together are answered together, if there is room.
    if (!out_.has_room()) return send();
    const auto [event, size] = reader_.take(in_.bytes());
    in_.remove(size);
    bool answers = false;
    switch (event) {
      case RequestReader::Event::partial:
        if (!out_.empty()) return send();
        if (idle()) continue;  // those were empty lines
        return read_rest();
      case RequestReader::Event::head:
        answers = begin_request();
        break;
      case RequestReader::Event::body:
        if (kind_ == Route::Kind::echo) body_ += reader_.body();
        break;
      case RequestReader::Event::end:
        answers = true;
        break;
      case RequestReader::Event::refused:
        refuse(reader_.refusal());
        break;
    }
    if (answers && begin_answer()) {
      wait_ = Wait::work;
      return Step::run(call_);
    }
  }
}

/// A client that has nothing to say may be silent for a while.
Step HttpConnection::read_question(nanoseconds patience) {
  rest();
  wait_ = Wait::question;
  if (fresh_) return Step::read(input_room(), std::min(kFresh, patience));
  return Step::read_when_idle(input_room(), patience);
}

/// One that has begun must come to an end, however it cuts its bytes.
Step HttpConnection::read_rest() {
  const bool in_head = reader_.in_head();
  const std::int64_t now = now_ns();
  if (deadline_ == 0) {
    deadline_ = now + (in_head ? limits_.head_time : limits_.body_time).count();
  }
  if (now >= deadline_) {
    refuse({408, "the request takes too long"});
    return send();
  }
  in_.close_up();
  if (in_.room().empty()) {
    in_.grow(in_.capacity() < kLargeInput
                 ? kLargeInput
                 : RequestReader::longest_head(limits_));
  } else if (reader_.awaited() > in_.capacity()) {
    in_.grow(kLargeInput);
  }
  wait_ = Wait::rest;
  return Step::read(input_room(), nanoseconds(deadline_ - now));
}

void HttpConnection::take_in(ssize_t size) {
  const auto got = static_cast<std::size_t>(size);
  filled_ = got == in_.room().size();
  in_.added(got);
  fresh_ = false;
}

Step HttpConnection::send() {
  wait_ = Wait::output;
  return Step::write(std::as_bytes(std::span(out_.next())), limits_.write_time);
}

/// Gives back what an idle connection does not need.
void HttpConnection::rest() {
  deadline_ = 0;
  in_.shrink();
  out_.shrink();
  if (body_.capacity() > kSmallInput) std::string().swap(body_);
}

/// Everything is sent. A connection that is closed while bytes are coming is
/// reset, and the client may lose its answer: so the way out is closed first.
Step HttpConnection::leave() {
  if (!lingers_ && !filled_ && in_.empty()) return Step::finished();
  wait_ = Wait::shut;
  return Step::shut();
}

Step HttpConnection::linger() {
  const std::int64_t left = deadline_ - now_ns();
  if (left <= 0 || lingered_ >= kLingerBytes) return Step::finished();
  in_.remove(in_.size());
  wait_ = Wait::last_words;
  return Step::read(input_room(), nanoseconds(left));
}

Server::Connect http_connections(const Service& service,
                                 const HttpLimits& limits) {
  return [&](const std::atomic<bool>& stopping, Crowded crowded,
             WorkerCounts& counts) {
    return std::make_unique<HttpConnection>(service, limits, stopping,
                                            std::move(crowded), counts);
  };
}

}  // namespace bench
