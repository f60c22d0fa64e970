// How long a kernel takes, and how much of it fills a wish.
#include "scenarios/kernel_time.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/posix/clock.h"
#include "scenarios/random.h"

namespace bench {

namespace {

constexpr std::size_t kMoments = 5;

/// The median of so many moments.
double seconds_of(const Kernel& kernel, std::uint64_t size,
                  std::size_t moments) {
  constexpr double kLongEnough = 20e-3;
  std::vector<double> spent;
  for (std::uint64_t runs = 1; spent.size() < moments;) {
    const std::int64_t start = thread_cpu_ns();
    for (std::uint64_t i = 0; i < runs; ++i) kernel.run(random_of(7, i), size);
    const double seconds = seconds_between(start, thread_cpu_ns());
    if (seconds < kLongEnough / 2) {
      runs *= 2;
      continue;
    }
    spent.push_back(seconds / static_cast<double>(runs));
    if (spent.size() < moments) sleep_for(std::chrono::milliseconds(10));
  }
  const auto middle = spent.begin() + static_cast<std::ptrdiff_t>(moments / 2);
  std::nth_element(spent.begin(), middle, spent.end());
  return *middle;
}

std::uint64_t scaled(std::uint64_t size, double scale) {
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(
                                        static_cast<double>(size) * scale)));
}

}  // namespace

double seconds_of(const Kernel& kernel, std::uint64_t size) {
  return seconds_of(kernel, size, kMoments);
}

Fitted size_for(const Kernel& kernel, double seconds) {
  // The kernels' time is proportional to size, but for what a run costs that
  // does nothing; later passes see to that, and to a first one that erred.
  constexpr int kRoughPasses = 2;
  constexpr int kMostPasses = 6;
  std::uint64_t size = kernel.smallest;
  for (int pass = 0; pass < kRoughPasses; ++pass) {
    size = scaled(size, seconds / seconds_of(kernel, size, 1));
  }
  for (int pass = 1;; ++pass) {
    const double took = seconds_of(kernel, size);
    const double scale = seconds / took;
    if (std::abs(scale - 1) < 0.02 || pass == kMostPasses) return {size, took};
    size = scaled(size, scale);
  }
}

}  // namespace bench
