#include "core/crypto/ed25519.hpp"

#include <sodium.h>

namespace kith::core {

SigningKey SigningKey::generate(Random& random) {
  SigningSeed seed;
  random.fill(seed.writable());
  return SigningKey(std::move(seed));
}

SigningKey::SigningKey(SigningSeed seed) : seed_(std::move(seed)) {
  Secret<crypto_sign_SECRETKEYBYTES> expanded;
  crypto_sign_seed_keypair(public_.data.data(), expanded.writable().data(), seed_.view().data());
}

Signature SigningKey::sign(ByteView message) const {
  // libsodium's secret key is seed ‖ public key.
  Secret<crypto_sign_SECRETKEYBYTES> expanded;
  std::copy(seed_.view().begin(), seed_.view().end(), expanded.writable().begin());
  std::copy(public_.data.begin(), public_.data.end(), expanded.writable().begin() + 32);
  Signature signature;
  crypto_sign_detached(signature.data.data(), nullptr, message.data(), message.size(), expanded.view().data());
  return signature;
}

bool verify_signature(const VerifyKey& key, ByteView message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.data.data(), message.data(), message.size(), key.data.data()) == 0;
}

bool is_sound_key(const VerifyKey& key) {
  return crypto_core_ed25519_is_valid_point(key.data.data()) == 1;
}

}  // namespace kith::core
