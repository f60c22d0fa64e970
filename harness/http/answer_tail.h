// AnswerTail: the part of an answer's body that does not lie in its buffer.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bench {

/// A body that is sent piece by piece: of any length, in bounded memory.
class AnswerTail {
 public:
  AnswerTail() = default;
  /// `text`, which must live until all of it is sent.
  static AnswerTail of(std::string_view text) {
    AnswerTail tail;
    tail.text_ = text.data();
    tail.left_ = text.size();
    return tail;
  }
  /// `count` bytes, of which byte i is 'a' + i % 26.
  static AnswerTail alphabet(std::uint64_t count) {
    AnswerTail tail;
    tail.left_ = count;
    return tail;
  }

  bool empty() const { return left_ == 0; }
  std::uint64_t left() const { return left_; }

  /// The next bytes, at most `size` and at least one unless it is empty.
  std::string_view piece(std::size_t size) const {
    const std::size_t fits = std::min<std::uint64_t>(left_, size);
    if (text_ != nullptr) return {text_ + sent_, fits};
    return {kAlphabet.data() + sent_ % kLetters, std::min(fits, kPiece)};
  }
  /// The first `size` bytes of piece() have been sent.
  void remove(std::size_t size) {
    sent_ += size;
    left_ -= size;
  }

 private:
  static constexpr std::size_t kLetters = 26;
  static constexpr std::size_t kPiece = std::size_t{64} * 1024;
  /// As much of it as a piece needs, whichever letter it begins with.
  static constexpr auto kAlphabet = [] {
    std::array<char, kPiece + kLetters> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<char>('a' + i % kLetters);
    }
    return bytes;
  }();

  const char* text_ = nullptr;
  std::uint64_t sent_ = 0;
  std::uint64_t left_ = 0;
};

}  // namespace bench
