// BackendLedger: the memory in which a backend counts, shared with its owner.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

#include "harness/backend/lateness.h"
#include "harness/posix/check.h"
#include "harness/posix/fd.h"

namespace bench {

/// The page of one process: it alone writes, anybody reads.
struct alignas(64) BackendPage {
  std::atomic<pid_t> process;              ///< 0: not in use
  std::atomic<std::uint64_t> connections;  ///< accepted
  std::array<std::atomic<std::uint64_t>, kLatenessBuckets> lateness;

  void count(std::int64_t late_nanoseconds) {
    add_one(lateness[lateness_bucket(late_nanoseconds)]);
  }
  void count_connection() { add_one(connections); }

 private:
  /// One writer needs no locked instruction.
  static void add_one(std::atomic<std::uint64_t>& counter) {
    counter.store(counter.load(std::memory_order_relaxed) + 1,
                  std::memory_order_relaxed);
  }
};

/// A memory file, because it must pass through exec(3), where anonymous shared
/// memory ends; what is mapped lives until both sides have let go of it.
class BackendLedger {
 public:
  static constexpr std::size_t kPages = 256;

  /// Makes an empty one; the descriptor is inherited until it is closed.
  BackendLedger() : file_(check(memfd_create("backend", 0), "memfd_create")) {
    check(ftruncate(file_.get(), kBytes), "ftruncate the backend's ledger");
    map();
  }
  /// Maps the one that was inherited as `descriptor`.
  explicit BackendLedger(int descriptor) : file_(descriptor) { map(); }
  BackendLedger(const BackendLedger&) = delete;
  BackendLedger& operator=(const BackendLedger&) = delete;
  ~BackendLedger() { munmap(pages_, kBytes); }

  int fd() const { return file_.get(); }
  void close() { file_.reset(); }

  BackendPage& operator[](std::size_t i) { return pages_[i]; }
  BackendPage* begin() const { return pages_; }
  BackendPage* end() const { return pages_ + kPages; }

 private:
  static constexpr std::size_t kBytes = kPages * sizeof(BackendPage);

  void map() {
    void* memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                        file_.get(), 0);
    if (memory == MAP_FAILED) throw_errno("mmap the backend's figures");
    // A file that was just made is full of zeros, and so are the pages.
    pages_ = static_cast<BackendPage*>(memory);
  }

  Fd file_;
  BackendPage* pages_ = nullptr;
};

}  // namespace bench
