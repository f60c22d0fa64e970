// How long a kernel takes, and how much of it fills a wish.
#include "scenarios/kernel_time.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/posix/clock.h"
#include "scenarios/random.h"

namespace bench {

double seconds_of(const Kernel& kernel, std::uint64_t size) {
  constexpr double kLongEnough = 20e-3;
  constexpr std::size_t kMoments = 5;
  std::vector<double> spent;
  for (std::uint64_t runs = 1; spent.size() < kMoments;) {
    const std::int64_t start = thread_cpu_ns();
    for (std::uint64_t i = 0; i < runs; ++i) kernel.run(random_of(7, i), size);
    const double seconds = seconds_between(start, thread_cpu_ns());
    if (seconds < kLongEnough / 2) {
      runs *= 2;
      continue;
    }
    spent.push_back(seconds / static_cast<double>(runs));
    sleep_for(std::chrono::milliseconds(10));
  }
  std::nth_element(spent.begin(), spent.begin() + kMoments / 2, spent.end());
  return spent[kMoments / 2];
}

std::uint64_t size_for(const Kernel& kernel, double seconds) {
  // The kernels' time is proportional to size, but for what a run costs that
  // does nothing; later passes see to that, and to a first one that erred.
  constexpr int kMostPasses = 6;
  std::uint64_t size = kernel.smallest;
  for (int pass = 0; pass < kMostPasses; ++pass) {
    const double scale = seconds / seconds_of(kernel, size);
    if (std::abs(scale - 1) < 0.02) break;
    size = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(
                                          static_cast<double>(size) * scale)));
  }
  return size;
}

}  // namespace bench
