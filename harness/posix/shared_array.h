// SharedArray: an array that a process shares with the children it forks.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#include "harness/posix/check.h"
#include "harness/posix/fd.h"

namespace bench {

/// `size` value-initialised elements in anonymous shared memory. Constructing
/// them here brings all pages in; forked children still map each page at its
/// first touch. Lives until the owner and all forked children have unmapped it.
/// Access is not synchronised; elements bring their own atomics.
template <typename T>
class SharedArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  explicit SharedArray(std::size_t size) : SharedArray(-1, size) {
    std::uninitialized_value_construct_n(data_, size_);
  }
  /// The elements that `memory` has, which others see as well; with -1 bytes
  /// of 0 in memory of its own.
  SharedArray(int memory, std::size_t size) : size_(size) {
    if (bytes() == 0) return;
    const int flags = MAP_SHARED | (memory < 0 ? MAP_ANONYMOUS : 0);
    void* const found =
        mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, flags, memory, 0);
    if (found == MAP_FAILED) throw_errno("mmap shared memory");
    data_ = static_cast<T*>(found);
  }
  /// Makes such memory, of bytes of 0. Throws std::system_error.
  static Fd make_memory(std::size_t size) {
    Fd memory(check(memfd_create("bench", MFD_CLOEXEC), "memfd_create"));
    check(ftruncate(memory.get(), static_cast<off_t>(size * sizeof(T))),
          "ftruncate");
    return memory;
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
