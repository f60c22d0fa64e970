// Characters: the sets of bytes of which HTTP makes its words.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace bench {

/// A set of bytes.
class ByteSet {
 public:
  /// Letters and digits, and what is in `others`.
  constexpr explicit ByteSet(std::string_view others) {
    for (char c = '0'; c <= '9'; ++c) add(c);
    for (char c = 'A'; c <= 'Z'; ++c) add(c);
    for (char c = 'a'; c <= 'z'; ++c) add(c);
    for (const char c : others) add(c);
  }
  constexpr bool has(char c) const {
    return in_[static_cast<unsigned char>(c)];
  }
  constexpr bool has_all(std::string_view text) const {
    for (const char c : text) {
      if (!has(c)) return false;
    }
    return true;
  }

 private:
  constexpr void add(char c) { in_[static_cast<unsigned char>(c)] = true; }
  std::array<bool, 256> in_{};
};

/// tchar [RFC 9110, 5.6.2]
inline constexpr ByteSet kTokenBytes("!#$%&'*+-.^_`|~");

constexpr bool is_token(std::string_view text) {
  return !text.empty() && kTokenBytes.has_all(text);
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// True if `text` is `lower_word` in any case.
constexpr bool is_word(std::string_view text, std::string_view lower_word) {
  if (text.size() != lower_word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != lower_word[i]) return false;
  }
  return true;
}

/// Without spaces and tabs at both ends: OWS [RFC 9110, 5.6.3].
constexpr std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes the first element of a comma-separated list off `list`; empty ones
/// are legal and to be ignored [RFC 9110, 5.6.1].
constexpr std::string_view take_element(std::string_view& list) {
  const std::size_t comma = list.find(',');
  const std::string_view element = list.substr(0, comma);
  list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
  return trimmed(element);
}

}  // namespace bench
