// Ticket: the number of the next job, for whoever asks first.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

#include "harness/core/batch.h"
#include "harness/posix/shared_array.h"

namespace bench {

/// Threads and processes share one that was made before they were: it lies in
/// shared memory, on a page of its own.
class Ticket {
 public:
  /// A job of the batch that nobody has got, or none if there is none left.
  // LESSON: nobody hands out jobs, and nobody waits: one atomic addition.
  std::optional<std::size_t> next(const Batch& batch) {
    const std::size_t i = next_[0].fetch_add(1, std::memory_order_relaxed);
    if (i >= batch.size()) return std::nullopt;
    return i;
  }

 private:
  SharedArray<std::atomic<std::size_t>> next_{1};
};

/// The same for a worker that knows its jobs: number `next` and every `step`-th
/// one after it.
inline std::optional<std::size_t> in_turn(const Batch& batch, std::size_t& next,
                                          std::size_t step = 1) {
  if (next >= batch.size()) return std::nullopt;
  return std::exchange(next, next + step);
}

}  // namespace bench
