// AnswerHead: the status line and the header fields of an answer, as bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "harness/core/service.h"

namespace bench {

/// What stands in front of an answer's body.
struct AnswerHead {
  /// What is to become of the connection, as far as it must be said.
  enum class Connection : std::uint8_t { unsaid, keep_alive, close };

  int status = 200;
  Answer::Type type = Answer::Type::text;
  std::uint64_t length = 0;  ///< bytes of the body
  Connection connection = Connection::unsaid;
  std::string_view allow;  ///< status 405: the methods that the target takes
};

/// An upper bound of what write_head() writes, but for the methods of `allow`.
inline constexpr std::size_t kLongestHead = 224;

/// Writes it to `room`; returns how many bytes it has. Allocates nothing. The
/// date is made once a second in each thread.
/// REQUIRES: room.size() >= kLongestHead + head.allow.size().
std::size_t write_head(const AnswerHead& head, std::span<char> room);

/// "Not Found" for 404: one of those that this server uses.
std::string_view reason_phrase(int status);

}  // namespace bench
