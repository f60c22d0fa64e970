// Lines of a request: where they end and how, and what is too long.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "harness/http/refusal.h"

namespace bench {

inline constexpr Refusal kLongFields{431, "the header fields are too long"};
inline constexpr Refusal kLongBody{413, "the body is too long"};
inline constexpr Refusal kBareLf{400, "a line ends in LF without CR"};
inline constexpr Refusal kBareCr{400, "CR inside a line"};

inline std::string_view text_of(std::span<const char> bytes) {
  return {bytes.data(), bytes.size()};
}

/// Offset behind the LF of the line that `bytes` begin with; 0 if it has not
/// come. The first `looked_at` bytes have none.
inline std::size_t line_end(std::string_view bytes, std::size_t looked_at) {
  const std::size_t newline = bytes.find('\n', looked_at);
  return newline == bytes.npos ? 0 : newline + 1;
}

/// `line` without CRLF, as far as that is there.
inline std::string_view content_of(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// `line` must end in CRLF and have no other CR. [RFC 9112, 2.2]
inline Refusal check_line_end(std::string_view line) {
  if (!line.ends_with("\r\n")) return kBareLf;
  if (content_of(line).find('\r') != line.npos) return kBareCr;
  return {};
}

}  // namespace bench
