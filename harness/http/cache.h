// Cache: a value of which each process of a server has a copy.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>

#include "harness/core/star.h"

namespace bench {

/// Any process may write; all others learn of it by messages, a moment later.
/// Who reads elsewhere meanwhile still gets the old value. All threads of a
/// process have one copy and may use it at once.
class Cache {
 public:
  struct Entry {
    std::uint64_t value = 0;
    std::uint64_t epoch = 0;  ///< of the write, 0: nobody has written
    std::int64_t writer = 0;  ///< its process
  };

  /// What `star` brings is for it. REQUIRES: nobody has been forked.
  explicit Cache(Star& star) : star_(star) {
    star.listen([this](const Message& one) { hear(one); });
  }

  Entry read() const {
    const std::scoped_lock lock(mutex_);
    return entry_;
  }

  /// Writes here and tells the others. None: they cannot be told now, and
  /// nothing is written.
  std::optional<Entry> write(std::uint64_t value) {
    const std::scoped_lock lock(mutex_);
    const Entry next{value, entry_.epoch + 1, getpid()};
    // LESSON: a queue that is full is felt all the way up: the client gets 503
    // rather than a promise that nobody keeps.
    if (star_.try_send(Star::kAllOthers, kWritten, {bytes_of(next), kSize}) !=
        Mailbox::Sent::yes) {
      return std::nullopt;
    }
    entry_ = next;
    return entry_;
  }

 private:
  static constexpr std::uint32_t kWritten = 1;  ///< Message::type
  static constexpr std::size_t kSize = sizeof(Entry);
  static_assert(std::has_unique_object_representations_v<Entry>);

  static const char* bytes_of(const Entry& entry) {
    return reinterpret_cast<const char*>(&entry);
  }

  /// LESSON: two workers may write at once, and each hears of the other's write
  /// after its own: the order differs from worker to worker. So the messages
  /// say which is the later one, and of equals the same one wins everywhere.
  void hear(const Message& message) {
    Entry other;
    if (message.type != kWritten || message.bytes.size() != kSize) return;
    std::memcpy(&other, message.bytes.data(), kSize);
    const std::scoped_lock lock(mutex_);
    if (std::tie(other.epoch, other.writer) >
        std::tie(entry_.epoch, entry_.writer)) {
      entry_ = other;
    }
  }

  Star& star_;
  mutable std::mutex mutex_;
  Entry entry_;
};

}  // namespace bench
