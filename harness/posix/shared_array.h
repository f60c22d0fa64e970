// SharedArray: an array that a process shares with the children it forks.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "harness/posix/check.h"

namespace bench {

/// `size` value-initialised elements in anonymous shared memory. Constructing
/// them here brings all pages in; forked children still map each page at its
/// first touch. Lives until the owner and all forked children have unmapped it.
/// Access is not synchronised; elements bring their own atomics.
template <typename T>
class SharedArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  explicit SharedArray(std::size_t size) : size_(size) {
    if (bytes() == 0) return;
    void* memory = mmap(nullptr, bytes(), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw_errno("mmap shared memory");
    data_ = static_cast<T*>(memory);
    std::uninitialized_value_construct_n(data_, size_);
  }
  SharedArray(const SharedArray&) = delete;
  SharedArray& operator=(const SharedArray&) = delete;
  ~SharedArray() {
    if (data_ != nullptr) munmap(data_, bytes());
  }

  std::size_t size() const { return size_; }
  std::size_t bytes() const { return size_ * sizeof(T); }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

 private:
  std::size_t size_;
  T* data_ = nullptr;
};

}  // namespace bench
