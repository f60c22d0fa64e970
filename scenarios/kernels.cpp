// Kernels sqrt and primes, and the list of all.
#include "scenarios/kernels.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace bench {
namespace {

std::uint64_t sqrt_factor(std::uint64_t input) { return 1 + input % 1000; }

std::uint64_t sqrt_run(std::uint64_t input, std::uint64_t size) {
  const double n = static_cast<double>(sqrt_factor(input));
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    const double root = std::sqrt(n * static_cast<double>(i));
    sum += static_cast<std::uint64_t>(static_cast<std::int64_t>(root));
  }
  return sum;
}

/// The integer part of sqrt(n*i) is the number of rows v >= 1 with
/// v*v <= n*i. Summed over i, row v is counted by every i >= v*v/n.
std::uint64_t sqrt_oracle(std::uint64_t input, std::uint64_t size) {
  const std::uint64_t n = sqrt_factor(input);
  std::uint64_t sum = 0;
  for (std::uint64_t v = 1;; ++v) {
    const std::uint64_t first = (v * v + n - 1) / n;
    if (first >= size) return sum;
    sum += size - first;
  }
}

std::uint64_t primes_from(std::uint64_t input) {
  return 1'000'000 + input % 65'536;
}

bool is_prime(std::uint64_t number) {
  if (number < 4) return number >= 2;
  if (number % 2 == 0) return false;
  for (std::uint64_t d = 3; d * d <= number; d += 2) {
    if (number % d == 0) return false;
  }
  return true;
}

std::uint64_t primes_run(std::uint64_t input, std::uint64_t size) {
  const std::uint64_t from = primes_from(input);
  std::uint64_t count = 0;
  for (std::uint64_t i = 0; i < size; ++i) count += is_prime(from + i);
  return count;
}

std::uint64_t primes_oracle(std::uint64_t input, std::uint64_t size) {
  const std::uint64_t from = primes_from(input);
  const std::uint64_t to = from + size;
  std::vector<bool> composite(size, false);
  for (std::uint64_t d = 2; d * d < to; ++d) {
    const std::uint64_t first = std::max(d * d, (from + d - 1) / d * d);
    for (std::uint64_t m = first; m < to; m += d) composite[m - from] = true;
  }
  std::uint64_t count = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    count += from + i >= 2 && !composite[i];
  }
  return count;
}

}  // namespace

const Kernel kSqrt = {"sqrt", "sum of sqrt(n*i)", sqrt_run, sqrt_oracle, 1000};
const Kernel kPrimes = {"primes", "primes by trial division", primes_run,
                        primes_oracle, 100};

Computing computing(const Kernel& kernel) {
  // OpenSSL fetches an algorithm in several milliseconds, once a process.
  return {kernel.name, kernel.run, &kernel != &kPbkdf2};
}

const Kernel& kernel_named(const std::string& name) {
  for (const Kernel* kernel : {&kSqrt, &kPrimes, &kPbkdf2}) {
    if (kernel->name == name) return *kernel;
  }
  throw std::invalid_argument("there is no kernel '" + name + "'");
}

}  // namespace bench
