// RequestReader: from bytes to requests, with llhttp.
//
// It knows no sockets and keeps no bytes. llhttp, with no lenient flag set,
// parses; it is given whole lines only, after they have passed what it leaves
// open: ends of lines, the request line, the fields that frame a body, limits.
// So a request means the same however it is cut into pieces.
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "harness/http/fields.h"
#include "harness/http/limits.h"
#include "harness/http/refusal.h"
#include "harness/http/request_line.h"

namespace bench {

/// The requests of one connection, one after the other. Allocates nothing. One
/// thread uses it at a time.
class RequestReader {
 public:
  enum class Event : std::uint8_t {
    partial,  ///< more bytes must come
    head,     ///< line() and fields() are those of a new request
    body,     ///< has_body(): a piece of it, body()
    end,      ///< has_body(): that was all of it
    refused,  ///< see refusal(); nothing else can be read from this client
  };
  struct Taken {
    Event event;
    std::size_t size;  ///< bytes that are done with
  };

  explicit RequestReader(const HttpLimits& limits);
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Takes from the front of `bytes` up to the next event. What is not done
  /// with must be there again, in front of what follows. Bytes of a head may
  /// be changed. What line() and body() refer to lives as long as `bytes`.
  Taken take(std::span<char> bytes);

  const RequestLine& line() const { return line_; }
  const RequestFields& fields() const { return fields_; }
  bool keeps_alive() const { return fields_.keeps_alive(line_.old); }
  bool has_body() const { return fields_.chunked() || fields_.length() > 0; }
  std::string_view body() const { return body_; }
  const Refusal& refusal() const { return refusal_; }

  /// Bytes that a head can have before it is refused: the room it takes.
  static std::size_t longest_head(const HttpLimits& limits);
  /// True if nothing of a request is known that is not over.
  bool between_requests() const { return in_head() && looked_at_ == 0; }
  /// True until the head of a request is complete.
  bool in_head() const { return phase_ == Phase::head; }
  /// Bytes of the body that are sure to follow.
  std::uint64_t awaited() const { return phase_ == Phase::data ? left_ : 0; }

 private:
  enum class Phase : std::uint8_t {
    head,       ///< lines up to an empty one
    data,       ///< `left_` bytes of a body or a chunk
    size_line,  ///< the line in front of a chunk
    data_end,   ///< the CRLF behind a chunk
    trailers,   ///< lines up to an empty one
    over,       ///< nothing: the body has come
  };

  static const llhttp_settings_t& settings();
  int on_value(std::string_view value);
  int on_head();

  // Each takes `size` bytes off the front; no event means: go on.
  using MaybeEvent = std::optional<Event>;
  MaybeEvent take_some(std::span<char> bytes, std::size_t& size);
  MaybeEvent take_head(std::span<char> bytes, std::size_t& size);
  MaybeEvent take_data(std::span<char> bytes, std::size_t& size);
  MaybeEvent take_data_end(std::string_view bytes, std::size_t& size);
  MaybeEvent take_size_line(std::string_view bytes, std::size_t& size);
  MaybeEvent take_trailer(std::span<char> bytes, std::size_t& size);

  Refusal look_at_line(std::span<char> bytes, std::size_t end);
  Refusal look_at_request_line(std::string_view line);
  Refusal look_at_field(std::span<char> bytes, std::size_t end);
  Refusal look_at_beginning(std::string_view bytes) const;
  void finish_line(char* head);
  void begin_body();
  /// Lets llhttp have whole lines, or a part of a body.
  bool parse(std::string_view bytes);
  Event refuse(const Refusal& refusal);

  const HttpLimits& limits_;
  llhttp_t parser_;
  Phase phase_ = Phase::head;
  /// Of the bytes that are not done with: those without the end of a line, the
  /// beginning of the line that is not complete, those that llhttp has had.
  std::size_t looked_at_ = 0;
  std::size_t line_begin_ = 0;
  std::size_t parsed_ = 0;
  std::size_t target_at_ = 0;  ///< the target's place in the head
  std::size_t field_bytes_ = 0;
  std::size_t field_count_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t body_size_ = 0;  ///< of the chunks so far
  RequestLine line_;
  RequestFields fields_;
  std::string_view name_;
  std::string_view body_;
  Refusal refusal_;
};

}  // namespace bench
