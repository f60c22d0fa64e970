// Kernels: known vectors, and the oracle's other road.
#include "scenarios/kernels.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>
#include <vector>

namespace bench {
namespace {

std::string pbkdf2_hex(const std::string& password, const std::string& salt,
                       std::uint64_t iterations, std::size_t length) {
  std::vector<unsigned char> key(length);
  pbkdf2_sha256(password, salt, iterations, key.data(), key.size());
  std::string hex;
  for (const unsigned char byte : key) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

TEST(Pbkdf2, MatchesRfc7914Vectors) {  // RFC 7914, section 11
  EXPECT_EQ(pbkdf2_hex("passwd", "salt", 1, 64),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
            "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
  EXPECT_EQ(pbkdf2_hex("Password", "NaCl", 80000, 64),
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
            "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
}

// The inputs of RFC 6070, which is about SHA-1, with SHA-256.
TEST(Pbkdf2, MatchesTheInputsOfRfc6070) {
  EXPECT_EQ(pbkdf2_hex("password", "salt", 1, 32),
            "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b");
  EXPECT_EQ(pbkdf2_hex("password", "salt", 4096, 32),
            "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a");
  EXPECT_EQ(pbkdf2_hex(std::string("pass\0word", 9), std::string("sa\0lt", 5),
                       4096, 16),
            "89b69d0516f829893c696226650a8687");
}

TEST(Sqrt, SumsRoots) {
  // n = 1: 0 + 1 + 1 + 1 + 2 + 2 + 2 + 2 + 2 + 3
  EXPECT_EQ(kSqrt.run(0, 10), 16u);
  EXPECT_EQ(kSqrt.oracle(0, 10), 16u);
  // Close to the sum of the roots themselves: less by half a unit a term.
  double roots = 0;
  for (int i = 0; i < 1000; ++i) roots += std::sqrt(500.0 * i);
  EXPECT_NEAR(static_cast<double>(kSqrt.run(499, 1000)), roots - 500, 50);
}

TEST(Primes, CountsPrimes) {
  // 1000003 is the first prime above a million, 1000033 the second.
  EXPECT_EQ(kPrimes.run(0, 3), 0u);
  EXPECT_EQ(kPrimes.run(0, 4), 1u);
  EXPECT_EQ(kPrimes.run(0, 34), 2u);
}

TEST(Kernels, AgreeWithTheirOracles) {
  for (const Kernel* kernel : {&kSqrt, &kPrimes, &kPbkdf2}) {
    EXPECT_TRUE(rc::check(kernel->name, [kernel] {
      const auto input = *rc::gen::arbitrary<std::uint64_t>();
      const auto size = *rc::gen::inRange<std::uint64_t>(1, 2000);
      RC_ASSERT(kernel->run(input, size) == kernel->oracle(input, size));
    }));
  }
}

TEST(Kernels, GiveDifferentAnswersToDifferentInputs) {
  for (const Kernel* kernel : {&kSqrt, &kPrimes, &kPbkdf2}) {
    EXPECT_NE(kernel->run(1, 1000), kernel->run(77'777, 1000)) << kernel->name;
  }
}

}  // namespace
}  // namespace bench
