// parse_chunk_line: a size, and extensions that nobody wants.
#include "harness/http/chunk_line.h"

#include <charconv>
#include <system_error>

#include "harness/http/characters.h"

namespace bench {
namespace {

/// Takes "bad white space" off: it must not be sent and must be understood.
/// [RFC 9110, 5.6.3]
void skip_blanks(std::string_view& text) {
  while (text.starts_with(' ') || text.starts_with('\t')) {
    text.remove_prefix(1);
  }
}

bool take_token(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && kTokenBytes.has(text[size])) ++size;
  text.remove_prefix(size);
  return size > 0;
}

/// quoted-string [RFC 9110, 5.6.4]
bool take_quoted(std::string_view& text) {
  const auto legal = [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f);
  };
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
    if (text[i] == '\\') ++i;
    if (i >= text.size() || !legal(text[i])) return false;
  }
  return false;
}

/// *( BWS ";" BWS name [ BWS "=" BWS value ] )
bool are_extensions(std::string_view text) {
  while (!text.empty()) {
    skip_blanks(text);
    if (!text.starts_with(';')) return false;
    text.remove_prefix(1);
    skip_blanks(text);
    if (!take_token(text)) return false;
    std::string_view after = text;
    skip_blanks(after);
    if (!after.starts_with('=')) continue;
    after.remove_prefix(1);
    skip_blanks(after);
    if (!(after.starts_with('"') ? take_quoted(after) : take_token(after))) {
      return false;
    }
    text = after;
  }
  return true;
}

}  // namespace

std::optional<ChunkLine> parse_chunk_line(std::string_view line) {
  constexpr int kHexadecimal = 16;
  ChunkLine parsed;
  const char* const begin = line.data();
  const auto [read, error] =
      std::from_chars(begin, begin + line.size(), parsed.size, kHexadecimal);
  if (error != std::errc()) return std::nullopt;
  parsed.size_digits = static_cast<std::size_t>(read - begin);
  if (!are_extensions(line.substr(parsed.size_digits))) return std::nullopt;
  return parsed;
}

}  // namespace bench
