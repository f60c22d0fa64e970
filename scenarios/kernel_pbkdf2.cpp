// Kernel pbkdf2: PBKDF2-HMAC-SHA256 by OpenSSL.
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include "scenarios/kernels.h"
#include "scenarios/random.h"

namespace bench {
namespace {

constexpr std::size_t kHashBytes = 32;
using Hash = std::array<unsigned char, kHashBytes>;

struct Free {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

/// LESSON: OpenSSL 3 takes locks whenever an algorithm is fetched by name.
/// Each thread fetches once and keeps the context; otherwise threads would
/// meet at those locks and processes would not.
EVP_KDF_CTX* kdf_of_this_thread() {
  thread_local const std::unique_ptr<EVP_KDF, Free> kdf(
      EVP_KDF_fetch(nullptr, "PBKDF2", nullptr));
  thread_local const std::unique_ptr<EVP_KDF_CTX, Free> context(
      EVP_KDF_CTX_new(kdf.get()));
  return context.get();
}

std::string password_of(std::uint64_t input) {
  return "password " + std::to_string(input);
}
std::string salt_of(std::uint64_t input) {
  return "salt " + std::to_string(mix(input));
}

std::uint64_t first_eight_bytes(const Hash& hash) {
  std::uint64_t value = 0;
  std::memcpy(&value, hash.data(), sizeof value);
  return value;
}

std::uint64_t pbkdf2_run(std::uint64_t input, std::uint64_t size) {
  Hash key;
  pbkdf2_sha256(password_of(input), salt_of(input), size, key.data(),
                key.size());
  return first_eight_bytes(key);
}

/// T1 = U1 xor U2 xor ...; U1 = HMAC(password, salt || INT(1)), each further
/// U is the HMAC of the one before. [RFC 8018, 5.2]
std::uint64_t pbkdf2_oracle(std::uint64_t input, std::uint64_t size) {
  const std::string password = password_of(input);
  const std::string text = salt_of(input) + std::string("\0\0\0\1", 4);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  const std::unique_ptr<EVP_MAC, Free> mac(
      EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  const std::unique_ptr<EVP_MAC_CTX, Free> context(EVP_MAC_CTX_new(mac.get()));
  const auto* key = reinterpret_cast<const unsigned char*>(password.data());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t length = text.size();
  Hash sum{};
  Hash hash;
  EVP_MAC_init(context.get(), key, password.size(), parameters);
  for (std::uint64_t round = 0; round < size; ++round) {
    std::size_t written = 0;
    EVP_MAC_update(context.get(), bytes, length);
    EVP_MAC_final(context.get(), hash.data(), &written, hash.size());
    EVP_MAC_init(context.get(), nullptr, 0, nullptr);  // the same key again
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] ^= hash[i];
    bytes = hash.data();
    length = hash.size();
  }
  return first_eight_bytes(sum);
}

}  // namespace

void pbkdf2_sha256(const std::string& password, const std::string& salt,
                   std::uint64_t iterations, unsigned char* out,
                   std::size_t length) {
  char digest[] = "SHA256";
  int no_lower_bounds = 1;  // SP 800-132 limits would refuse short test salts
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD,
                                        const_cast<char*>(password.data()),
                                        password.size()),
      OSSL_PARAM_construct_octet_string(
          OSSL_KDF_PARAM_SALT, const_cast<char*>(salt.data()), salt.size()),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &no_lower_bounds),
      OSSL_PARAM_construct_end()};
  EVP_KDF_CTX* context = kdf_of_this_thread();
  if (context == nullptr ||
      EVP_KDF_derive(context, out, length, parameters) != 1) {
    throw std::runtime_error("OpenSSL refuses PBKDF2-HMAC-SHA256");
  }
}

const Kernel kPbkdf2 = {"pbkdf2", "PBKDF2-HMAC-SHA256 by OpenSSL", pbkdf2_run,
                        pbkdf2_oracle, 200};

}  // namespace bench
