// AnswerReader: the answers that come in on one connection, as bytes.
//
// llhttp parses; what is checked here is that the answer is the expected one
// and that nothing stands behind it. It knows no sockets.
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <optional>
#include <string>

namespace bench {

/// What the answer to a kind of request must be.
struct ExpectedAnswer {
  int status = 200;
  std::optional<std::string> body;  ///< empty: anything
  bool head = false;  ///< the request was HEAD: lengths are said, not sent
};

/// Allocates nothing. Bytes may come in pieces of any length. One thread uses
/// it at a time.
class AnswerReader {
 public:
  enum class State {
    partial,    ///< more must come
    complete,   ///< see right_status(), right_body(), keeps_alive()
    cut,        ///< the connection has ended in the middle of it
    malformed,  ///< no answer of HTTP/1.x, or more than one
  };

  AnswerReader() = default;
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  /// A new connection begins.
  void reset();

  /// A request has been sent; `expected` must live until its answer is
  /// complete. Interim answers (1xx) in front of it are passed over.
  /// REQUIRES: the answer before was complete, or reset().
  void expect(const ExpectedAnswer& expected);

  /// Takes what has come. Bytes behind a complete answer make it malformed:
  /// nothing else was asked for.
  State feed(const char* data, std::size_t size);

  /// The connection has ended: that completes an answer without a length.
  /// [RFC 9112, 6.3]
  State finish();

  /// True if a byte of the answer has come.
  bool begun() const { return begun_; }
  /// True if its whole head has come, that of an interim answer aside.
  bool has_head() const { return has_head_; }
  /// REQUIRES: has_head().
  int status() const { return status_; }
  bool right_status() const { return status_ == expected_->status; }
  bool right_body() const;
  /// False if the server closes behind this answer. [RFC 9112, 9.3]
  bool keeps_alive() const { return keeps_alive_; }

 private:
  static const llhttp_settings_t& settings();

  /// 101 is final: what follows is another protocol. [RFC 9110, 15.2]
  bool interim() const {
    return status_ >= 100 && status_ < 200 && status_ != 101;
  }
  int on_head();
  int on_body(const char* data, std::size_t size);
  int on_end();

  llhttp_t parser_;
  const ExpectedAnswer* expected_ = nullptr;
  std::size_t body_size_ = 0;
  int status_ = 0;
  bool begun_ = false;
  bool has_head_ = false;
  bool same_body_ = true;
  bool keeps_alive_ = false;
  bool complete_ = false;
};

}  // namespace bench
