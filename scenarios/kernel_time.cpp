// How long a kernel takes, and how much of it fills a wish.
#include "scenarios/kernel_time.h"

#include <algorithm>
#include <cmath>

#include "harness/posix/clock.h"
#include "scenarios/random.h"

namespace bench {

double seconds_of(const Kernel& kernel, std::uint64_t size) {
  constexpr double kLongEnough = 20e-3;
  std::int64_t best = INT64_MAX;
  std::uint64_t runs = 1;
  for (int attempt = 0; attempt < 5;) {
    const std::int64_t start = thread_cpu_ns();
    for (std::uint64_t i = 0; i < runs; ++i) kernel.run(random_of(7, i), size);
    const std::int64_t spent = thread_cpu_ns() - start;
    if (static_cast<double>(spent) * 1e-9 < kLongEnough / 2) {
      runs *= 2;
      continue;
    }
    best = std::min(best, spent);
    ++attempt;
    sleep_for(std::chrono::milliseconds(10));
  }
  return static_cast<double>(best) * 1e-9 / static_cast<double>(runs);
}

std::uint64_t size_for(const Kernel& kernel, double seconds) {
  // The kernels' time is proportional to size, but for what a run costs that
  // does nothing; a second pass sees to that.
  std::uint64_t size = kernel.smallest;
  for (int pass = 0; pass < 2; ++pass) {
    const double scale = seconds / seconds_of(kernel, size);
    size = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(
                                          static_cast<double>(size) * scale)));
  }
  return size;
}

}  // namespace bench
