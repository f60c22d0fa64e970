// Exchange: what a job of scenario io and its backend say to each other.
//
// A client connects, sends a Question and reads the answer. Then the backend
// closes, or the client, if it has asked for that, may send the next one; never
// earlier. Whoever knows the request can compute the answer and its digest, so
// that a client proves with one number that it has read all of it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "harness/core/random.h"

namespace bench {

/// In the byte order of the machine: both ends are on it.
struct Question {
  std::uint64_t key;      ///< the answer is made of it
  std::uint32_t wait_us;  ///< how long the backend waits before it answers
  std::uint32_t bytes;    ///< of the answer, at most kLongestAnswer
  std::uint32_t keep;     ///< 1: the connection stays open afterwards
  std::uint32_t nothing;  ///< 0
};
static_assert(sizeof(Question) == 24);
static_assert(std::endian::native == std::endian::little,
              "the bytes of a cut-off word are its low ones");

/// As a wait: the backend holds the connection and never answers.
constexpr std::uint32_t kNever = 0xffffffff;

/// The backend closes without an answer if it is asked for more.
constexpr std::uint32_t kLongestAnswer = 16 << 20;

/// The j-th eight bytes of the answer.
constexpr std::uint64_t answer_word(std::uint64_t key, std::uint64_t j) {
  return split_mix(key, j);
}

/// Writes the part of an answer that begins with word `first`; its last word
/// is cut off where `out` ends.
inline void fill_answer(std::uint64_t key, std::span<std::byte> out,
                        std::uint64_t first = 0) {
  std::size_t at = 0;
  for (; at + 8 <= out.size(); at += 8) {
    const std::uint64_t word = answer_word(key, first + at / 8);
    std::memcpy(out.data() + at, &word, 8);
  }
  const std::uint64_t word = answer_word(key, first + at / 8);
  // An empty span may have no address, and memcpy wants one even for 0 bytes.
  if (at < out.size()) std::memcpy(out.data() + at, &word, out.size() - at);
}

/// The digest of bytes that come in pieces: the sum of one mixed number per
/// word, into which the word's place goes, and of their count. No word waits
/// for the one before, as it would in FNV-1a, so a CPU does several at once.
class Digest {
 public:
  void add(std::span<const std::byte> piece) {
    const std::byte* at = piece.data();
    std::size_t left = piece.size();
    const auto take = [&](std::size_t most) {
      const std::size_t here = bytes_ % 8;
      const std::size_t count = most < left ? most : left;
      std::memcpy(reinterpret_cast<std::byte*>(&word_) + here, at, count);
      bytes_ += count;
      at += count;
      left -= count;
    };
    if (left == 0) return;
    if (bytes_ % 8 != 0) {
      take(8 - bytes_ % 8);
      if (bytes_ % 8 != 0) return;
      end_word(bytes_ / 8 - 1);
    }
    for (std::uint64_t j = bytes_ / 8; left >= 8; ++j, at += 8, left -= 8) {
      std::uint64_t word;
      std::memcpy(&word, at, 8);
      sum_ += split_mix(word, j);
      bytes_ += 8;
    }
    if (left > 0) take(left);
  }

  /// Of all that has been added; there may be more to come.
  std::uint64_t value() const {
    std::uint64_t sum = sum_;
    if (bytes_ % 8 != 0) sum += split_mix(word_, bytes_ / 8);
    return split_mix(sum, bytes_);
  }

 private:
  void end_word(std::uint64_t j) {
    sum_ += split_mix(word_, j);
    word_ = 0;
  }

  std::uint64_t sum_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t word_ = 0;  ///< the word that is not complete; the rest is 0
};

inline std::uint64_t digest_of(std::span<const std::byte> bytes) {
  Digest digest;
  digest.add(bytes);
  return digest.value();
}

/// The digest of a whole answer, without making it.
inline std::uint64_t digest_of_answer(std::uint64_t key, std::uint32_t bytes) {
  std::uint64_t sum = 0;
  const std::uint64_t words = bytes / 8;
  for (std::uint64_t j = 0; j < words; ++j) {
    sum += split_mix(answer_word(key, j), j);
  }
  if (bytes % 8 != 0) {
    const std::uint64_t kept = (std::uint64_t{1} << bytes % 8 * 8) - 1;
    sum += split_mix(answer_word(key, words) & kept, words);
  }
  return split_mix(sum, bytes);
}

}  // namespace bench
