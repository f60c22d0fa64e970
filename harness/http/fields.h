// RequestFields: what the header fields of a request say about its body and
// its connection, and which of them contradict each other.
//
// llhttp checks some of this too, but not all: what a request smuggler could
// use is looked at here, field by field.
#pragma once

#include <cstdint>
#include <string_view>

#include "harness/http/refusal.h"

namespace bench {

/// What the fields of one head add up to.
class RequestFields {
 public:
  /// A field, in the order of their coming; the value without white space at
  /// its ends. Allocates nothing and keeps no reference.
  Refusal add(std::string_view name, std::string_view value);

  /// To be called behind the last field. `old`: of a request of HTTP/1.0.
  Refusal finish(bool old);

  bool chunked() const { return chunked_; }
  /// Bytes of the body, unless it is chunked.
  std::uint64_t length() const { return length_; }
  /// True if the client says that it would go on with this connection; of
  /// HTTP/1.1, unless it says otherwise. [RFC 9112, 9.3]
  bool keeps_alive(bool old) const { return old ? keep_ && !close_ : !close_; }
  /// The client waits for 100 before it sends its body. [RFC 9110, 10.1.1]
  bool expects_continue() const { return continue_; }

 private:
  Refusal add_host(std::string_view value);
  Refusal add_length(std::string_view value);
  Refusal add_codings(std::string_view value);
  void add_options(std::string_view value);
  void add_expectations(std::string_view value);

  std::uint64_t length_ = 0;
  bool host_ = false;
  bool has_length_ = false;
  bool has_codings_ = false;
  bool chunked_ = false;
  bool unknown_coding_ = false;
  bool close_ = false;
  bool keep_ = false;
  bool continue_ = false;
  bool unknown_expectation_ = false;
};

}  // namespace bench
