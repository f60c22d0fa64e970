// AnswerReader: llhttp's callbacks.
#include "harness/load/answer_reader.h"

#include <cstring>

namespace bench {
namespace {

AnswerReader& answer_reader_of(llhttp_t* parser) {
  return *static_cast<AnswerReader*>(parser->data);
}

}  // namespace

const llhttp_settings_t& AnswerReader::settings() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t all;
    llhttp_settings_init(&all);
    all.on_headers_complete = [](llhttp_t* parser) {
      return answer_reader_of(parser).on_head();
    };
    all.on_body = [](llhttp_t* parser, const char* data, std::size_t size) {
      return answer_reader_of(parser).on_body(data, size);
    };
    all.on_message_complete = [](llhttp_t* parser) {
      return answer_reader_of(parser).on_end();
    };
    return all;
  }();
  return settings;
}

void AnswerReader::reset() {
  llhttp_init(&parser_, HTTP_RESPONSE, &settings());
  parser_.data = this;
}

void AnswerReader::expect(const ExpectedAnswer& expected) {
  expected_ = &expected;
  begun_ = false;
  has_head_ = false;
  complete_ = false;
}

int AnswerReader::on_head() {
  status_ = parser_.status_code;
  // llhttp takes these. [RFC 9112, 2.3 and 4]
  if (status_ < 100 || parser_.http_major != 1) return -1;
  body_size_ = 0;
  same_body_ = true;
  has_head_ = !interim();
  // 1: there is no body, whatever the header says. [RFC 9112, 6.3, case 1]
  const bool bare =
      expected_->head || interim() || status_ == 204 || status_ == 304;
  return bare ? 1 : 0;
}

int AnswerReader::on_body(const char* data, std::size_t size) {
  if (expected_->body) {
    const std::string& body = *expected_->body;
    same_body_ = same_body_ && body_size_ + size <= body.size() &&
                 std::memcmp(body.data() + body_size_, data, size) == 0;
  }
  body_size_ += size;
  return 0;
}

int AnswerReader::on_end() {
  if (interim()) return 0;
  keeps_alive_ = llhttp_should_keep_alive(&parser_) == 1;
  complete_ = true;
  return HPE_PAUSED;
}

AnswerReader::State AnswerReader::feed(const char* data, std::size_t size) {
  begun_ = true;
  const llhttp_errno_t error = llhttp_execute(&parser_, data, size);
  if (error == HPE_OK) return State::partial;
  if (error != HPE_PAUSED || llhttp_get_error_pos(&parser_) != data + size) {
    return State::malformed;
  }
  llhttp_resume(&parser_);
  return State::complete;
}

AnswerReader::State AnswerReader::finish() {
  const llhttp_errno_t error = llhttp_finish(&parser_);
  keeps_alive_ = false;
  return complete_ && (error == HPE_OK || error == HPE_PAUSED) ? State::complete
                                                               : State::cut;
}

bool AnswerReader::right_body() const {
  return expected_->head || !expected_->body ||
         (same_body_ && body_size_ == expected_->body->size());
}

}  // namespace bench
