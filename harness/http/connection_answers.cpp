// HttpConnection: what is answered, and whether it is the last answer.
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "harness/http/connection_job.h"

namespace bench {
namespace {

void tell(int status, const std::string& text, Answer& answer) {
  answer.status = static_cast<std::uint16_t>(status);
  answer.type = Answer::Type::text;
  answer.set_body(text);
}

}  // namespace

/// True if the request can be answered at once, without a body of its own.
bool HttpConnection::begin_request() {
  deadline_ = 0;
  head_only_ = reader_.line().method == "HEAD";
  route_request();
  if (!reader_.has_body()) return true;
  if (!reader_.fields().expects_continue()) return false;
  if (kind_ == Route::Kind::answer && call_.answer.status >= 400) {
    // The client need not send what nobody wants; it may all the same, and
    // only the end of the connection tells where. [RFC 9110, 10.1.1]
    closing_ = lingers_ = true;
    return true;
  }
  if (in_.empty()) out_.add_continue();
  return false;
}

void HttpConnection::route_request() {
  body_.clear();
  const RequestLine& line = reader_.line();
  if (line.target == "*") {  // the server as such [RFC 9110, 9.3.7]
    kind_ = Route::Kind::answer;
    tell(200, "", call_.answer);
    return;
  }
  const Route route = call_.service->route(line.method, line.target);
  kind_ = route.kind;
  allow_ = route.allow;
  count_ = route.count;
  if (kind_ == Route::Kind::answer) call_.answer = route.answer;
  call_.work = route.work;
}

/// True if the answer is to come from a call.
bool HttpConnection::begin_answer() {
  deadline_ = 0;
  switch (kind_) {
    case Route::Kind::work:
      return true;
    case Route::Kind::answer:
      add_answer(call_.answer);
      break;
    case Route::Kind::bytes:
      add({.length = count_}, AnswerTail::alphabet(count_));
      break;
    case Route::Kind::echo:
      add({.length = body_.size()}, AnswerTail::of(body_));
      break;
    case Route::Kind::page: {
      Page page = call_.service->page(call_.work);
      body_ = std::move(page.body);
      add({.status = page.status, .type = page.type, .length = body_.size()},
          AnswerTail::of(body_));
      break;
    }
  }
  return false;
}

void HttpConnection::add_answer(const Answer& answer) {
  AnswerHead head{
      .status = answer.status, .type = answer.type, .length = answer.size};
  if (answer.status == 405) head.allow = allow_;
  add(head, AnswerTail::of(answer.body()));
}

void HttpConnection::add(AnswerHead head, AnswerTail body) {
  using Said = AnswerHead::Connection;
  closing_ = closing_ || is_last();
  if (closing_) {
    head.connection = Said::close;
  } else if (reader_.line().old) {
    head.connection = Said::keep_alive;
  }
  out_.add(head, body, head_only_);
  WorkerCounts::add(counts_.requests, std::uint64_t{1});
  if (head.status >= 400) WorkerCounts::add(counts_.errors, std::uint64_t{1});
  if (!head_only_) WorkerCounts::add(counts_.bytes, head.length);
}

/// True if the answer that is about to be written is the connection's last.
bool HttpConnection::is_last() {
  if (!reader_.keeps_alive()) return true;
  // What has been asked already is answered.
  if (!in_.empty()) return false;
  if (stopping_.load(std::memory_order_relaxed)) {
    lingers_ = true;
    return true;
  }
  return crowded_ && crowded_();
}

/// The work that was called for failed with an errno value; EBUSY: nobody had
/// begun it.
void HttpConnection::add_failure(int error) {
  const char* const name = strerrorname_np(error);
  const std::string text = std::string("the work failed: ") +
                           (name ? strerrordesc_np(error) : "unknown error") +
                           " (" + (name ? name : std::to_string(error)) + ")\n";
  const int status = error == ETIMEDOUT ? 504 : error == EBUSY ? 503 : 502;
  tell(status, text, call_.answer);
  add_answer(call_.answer);
}

/// Nothing else can be read from this client, who may be sending still.
void HttpConnection::refuse(const Refusal& refusal) {
  closing_ = lingers_ = true;
  if (reader_.in_head()) head_only_ = false;  // of the request before
  tell(refusal.status, std::string(refusal.reason) + "\n", call_.answer);
  add_answer(call_.answer);
}

}  // namespace bench
