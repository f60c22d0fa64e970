// RequestFields: the five fields that matter to the connection itself.
#include "harness/http/fields.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "harness/http/characters.h"
#include "harness/http/request_line.h"

namespace bench {

Refusal RequestFields::add(std::string_view name, std::string_view value) {
  // Most fields are none of these; their length tells.
  switch (name.size()) {
    case 4:
      if (is_word(name, "host")) return add_host(value);
      break;
    case 6:
      if (is_word(name, "expect")) add_expectations(value);
      break;
    case 10:
      if (is_word(name, "connection")) add_options(value);
      break;
    case 14:
      if (is_word(name, "content-length")) return add_length(value);
      break;
    case 17:
      if (is_word(name, "transfer-encoding")) return add_codings(value);
      break;
    default:
      break;
  }
  return {};
}

Refusal RequestFields::add_host(std::string_view value) {
  if (host_) return {400, "two Host fields"};
  host_ = true;
  if (!is_host(value)) return {400, "the Host field names no host"};
  return {};
}

Refusal RequestFields::add_length(std::string_view value) {
  // Equal lengths could be taken for one [RFC 9112, 6.3]; nobody honest sends
  // them.
  if (has_length_) return {400, "two Content-Length fields"};
  has_length_ = true;
  const char* const begin = value.data();
  const char* const end = begin + value.size();
  const auto [read, error] = std::from_chars(begin, end, length_);
  if (value.empty() || read != end || error != std::errc()) {
    return {400, "the Content-Length is no number of bytes"};
  }
  return {};
}

Refusal RequestFields::add_codings(std::string_view value) {
  has_codings_ = true;
  while (!value.empty()) {
    const std::string_view coding = take_element(value);
    if (coding.empty()) continue;
    if (chunked_) return {400, "chunked is not the last transfer coding"};
    chunked_ = is_word(coding, "chunked");
    unknown_coding_ = unknown_coding_ || !chunked_;
  }
  return {};
}

void RequestFields::add_options(std::string_view value) {
  while (!value.empty()) {
    const std::string_view option = take_element(value);
    close_ = close_ || is_word(option, "close");
    keep_ = keep_ || is_word(option, "keep-alive");
  }
}

void RequestFields::add_expectations(std::string_view value) {
  while (!value.empty()) {
    const std::string_view expectation = take_element(value);
    if (is_word(expectation, "100-continue")) {
      continue_ = true;
    } else if (!expectation.empty()) {
      unknown_expectation_ = true;
    }
  }
}

Refusal RequestFields::finish(bool old) {
  if (!host_ && !old) return {400, "no Host field"};
  if (has_codings_) {
    if (old) return {400, "HTTP/1.0 has no Transfer-Encoding"};
    if (has_length_) {
      return {400, "both Content-Length and Transfer-Encoding"};
    }
    if (unknown_coding_) return {501, "unknown transfer coding"};
    if (!chunked_) return {400, "the Transfer-Encoding is empty"};
  }
  // HTTP/1.0 knows no expectations. [RFC 9110, 10.1.1]
  if (old) continue_ = false;
  if (unknown_expectation_ && !old) return {417, "unknown expectation"};
  return {};
}

}  // namespace bench
