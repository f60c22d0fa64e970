// The line in front of each chunk of a body. [RFC 9112, 7.1]
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bench {

/// A line is refused that is longer: sizes are short, and nobody has found a
/// use for extensions but to send many of them.
inline constexpr std::size_t kLongestChunkLine = 256;

/// What stands in front of a chunk.
struct ChunkLine {
  std::uint64_t size = 0;       ///< bytes of the chunk; 0: the last one
  std::size_t size_digits = 0;  ///< what the line spends on that
};

/// Parses a line without its CRLF; empty if it is malformed. Extensions must
/// be well-formed and are ignored.
std::optional<ChunkLine> parse_chunk_line(std::string_view line);

}  // namespace bench
