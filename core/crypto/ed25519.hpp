#pragma once
// Ed25519 (RFC 8032) by libsodium, which refuses small-order keys and non-canonical signatures. Thread-safe.

#include "core/bytes.hpp"
#include "core/random.hpp"
#include "core/secret.hpp"

namespace kith::core {

using VerifyKey = FixedBytes<32, struct VerifyKeyTag>;
using Signature = FixedBytes<64, struct SignatureTag>;
using SigningSeed = Secret<32, struct SigningSeedTag>;

// A private signing key, kept as its 32-byte seed (RFC 8032, section 5.1.5), and its public half.
class SigningKey {
 public:
  static SigningKey generate(Random& random);
  explicit SigningKey(SigningSeed seed);
  const VerifyKey& public_key() const { return public_; }
  const SigningSeed& seed() const { return seed_; }
  Signature sign(ByteView message) const;

 private:
  SigningSeed seed_;
  VerifyKey public_;
};

[[nodiscard]] bool verify_signature(const VerifyKey& key, ByteView message, const Signature& signature);
// False for keys that are not a point of the curve, of small order, or not canonical: not to be pinned or stored.
[[nodiscard]] bool is_sound_key(const VerifyKey& key);

}  // namespace kith::core
