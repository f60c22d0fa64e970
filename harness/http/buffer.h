// Buffer: bytes that come in at one end and leave at the other.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace bench {

/// Has room for `kInside` bytes in itself and can have more for a while: many
/// connections are idle, few are busy. One thread uses it at a time.
template <std::size_t kInside>
class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }
  std::size_t capacity() const { return capacity_; }
  std::span<char> bytes() { return {data() + begin_, size()}; }

  /// Room at the end; added() says how much of it was used.
  std::span<char> room() { return {data() + end_, capacity_ - end_}; }
  void added(std::size_t size) { end_ += size; }

  /// REQUIRES: room().size() >= text.size().
  void add(std::string_view text) {
    std::memcpy(data() + end_, text.data(), text.size());
    end_ += text.size();
  }

  /// Takes `size` bytes off the front. REQUIRES: so many are there.
  void remove(std::size_t size) {
    begin_ += size;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  /// Makes room at the end out of what is free at the front.
  void close_up() {
    if (begin_ == 0) return;
    std::memmove(data(), data() + begin_, size());
    end_ -= begin_;
    begin_ = 0;
  }

  /// Makes it `capacity` bytes long, or leaves it as it is if it is longer.
  void grow(std::size_t capacity) {
    if (capacity <= capacity_) return;
    // Not cleared: every byte is written before it is read.
    auto outside = std::make_unique_for_overwrite<char[]>(capacity);
    std::memcpy(outside.get(), data() + begin_, size());
    outside_ = std::move(outside);
    capacity_ = capacity;
    end_ -= begin_;
    begin_ = 0;
  }

  /// Gives back what it has grown. REQUIRES: empty().
  void shrink() {
    outside_.reset();
    capacity_ = kInside;
  }

 private:
  char* data() { return outside_ ? outside_.get() : inside_.data(); }

  std::unique_ptr<char[]> outside_;
  std::size_t capacity_ = kInside;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::array<char, kInside> inside_;
};

}  // namespace bench
