// File: a file that jobs read blocks of.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "harness/posix/check.h"
#include "harness/posix/fd.h"

namespace bench {

/// Safe to use from all threads and forked processes: reading at an offset
/// does not move anything. [pread(2)]
class File {
 public:
  explicit File(Fd fd) : fd_(std::move(fd)) {}

  int fd() const { return fd_.get(); }

  /// Bytes read, fewer than `size` only at the end of the file; -errno.
  ssize_t read_at(void* data, std::size_t size, std::int64_t offset) const {
    const ssize_t got =
        retry([&] { return pread(fd_.get(), data, size, offset); });
    return got < 0 ? -errno : got;
  }

 private:
  Fd fd_;
};

}  // namespace bench
