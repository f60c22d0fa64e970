// Kernels: the computations that a cpu job can be made of.
//
// A kernel knows no job and no model. `size` is its amount of work, and its
// time grows in proportion to size; `input` makes two jobs differ.
#pragma once

#include <cstdint>
#include <string>

#include "harness/core/scenario.h"

namespace bench {

struct Kernel {
  std::string name;
  std::string summary;

  /// The work. Pure; safe to call from all threads.
  Computation run;

  /// The same answer by another road.
  std::uint64_t (*oracle)(std::uint64_t input, std::uint64_t size);

  /// The amount of work that a calibration begins with: well under 1 ms.
  std::uint64_t smallest;
};

/// The sum of the integer parts of sqrt(n*i) for i < size, n = 1 + input %
/// 1000. The integer parts are exact on every IEEE 754 machine, because sqrt
/// is correctly rounded and n*i is below 2^52. The oracle takes no root: it
/// counts the points with integer coordinates under the parabola row by row.
extern const Kernel kSqrt;

/// The number of primes among `size` numbers from 10^6 + input % 65536 on, by
/// trial division. The oracle is a sieve of Eratosthenes.
extern const Kernel kPrimes;

/// PBKDF2-HMAC-SHA256 with `size` iterations [RFC 8018, 5.2], password and
/// salt made of input; OpenSSL's EVP_KDF, fetched once per thread. The oracle
/// chains HMACs as the RFC's formula says.
extern const Kernel kPbkdf2;

/// What jobs compute that run `kernel`.
Computing computing(const Kernel& kernel);

/// The kernel called `name`. REQUIRES: there is one.
const Kernel& kernel_named(const std::string& name);

/// PBKDF2-HMAC-SHA256 with any input, for test vectors; writes `length` bytes
/// to `out`. Throws std::runtime_error if OpenSSL refuses.
void pbkdf2_sha256(const std::string& password, const std::string& salt,
                   std::uint64_t iterations, unsigned char* out,
                   std::size_t length);

}  // namespace bench
