// Bulletin: a text that one process changes and others read as a whole.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "harness/posix/shared_array.h"

namespace bench {

/// Lies in memory that processes share. One of them writes, any number reads;
/// nobody waits for anybody who was stopped or killed meanwhile. A sequence
/// lock: the number of the version is odd while its text changes. [H.-J. Boehm,
/// Can seqlocks get along with programming language memory models?, 2012]
class Bulletin {
 public:
  /// Bytes that it has room for; what is longer is cut.
  static constexpr std::size_t kRoom = std::size_t{1} << 21;

  /// Memory for one. Throws std::system_error.
  static Fd make_memory() { return Words::make_memory(kHead + kRoom / kWord); }
  /// The one in such memory, which starts as "". Throws std::system_error.
  explicit Bulletin(int memory) : words_(memory, kHead + kRoom / kWord) {}

  void write(std::string_view text) {
    text = text.substr(0, kRoom);
    const std::uint64_t version = words_[0].load(std::memory_order_relaxed);
    words_[0].store(version + 1, std::memory_order_relaxed);
    // Each store below is a release, and so none is seen before that one.
    words_[1].store(text.size(), std::memory_order_release);
    for (std::size_t at = 0; at < text.size(); at += kWord) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data() + at, std::min(kWord, text.size() - at));
      words_[kHead + at / kWord].store(word, std::memory_order_release);
    }
    words_[0].store(version + 2, std::memory_order_release);
  }

  /// The last text that was written; "" if whoever writes never ends it.
  std::string read() const {
    constexpr int kTries = 1000;
    for (int i = 0; i < kTries; ++i) {
      const std::uint64_t version = words_[0].load(std::memory_order_acquire);
      std::string text(
          std::min(kRoom, words_[1].load(std::memory_order_acquire)), '\0');
      for (std::size_t at = 0; at < text.size(); at += kWord) {
        const std::uint64_t word =
            words_[kHead + at / kWord].load(std::memory_order_acquire);
        std::memcpy(text.data() + at, &word, std::min(kWord, text.size() - at));
      }
      if (version % 2 == 0 &&
          words_[0].load(std::memory_order_relaxed) == version) {
        return text;
      }
    }
    return "";
  }

 private:
  static constexpr std::size_t kWord = sizeof(std::uint64_t);
  static constexpr std::size_t kHead = 2;  ///< words: version, size
  using Words = SharedArray<std::atomic<std::uint64_t>>;

  Words words_;
};

}  // namespace bench
