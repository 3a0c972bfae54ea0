#pragma once
// The permanent pair of one connection: Ed25519 to sign `verify` and `auth`, X25519 to receive session keys
// (federation/PROTOCOL.md, "Keys"). The secret half is only moved and wipes itself.

#include "core/crypto/ed25519.hpp"
#include "core/crypto/x25519.hpp"
#include "core/random.hpp"

namespace kith::federation {

struct PermanentPublicKeys {
  core::VerifyKey sign_key;
  core::BoxPublicKey box_key;
  bool operator==(const PermanentPublicKeys&) const = default;
};

struct PermanentKeys {
  core::SigningKey sign;
  core::BoxKeyPair box;

  static PermanentKeys generate(core::Random& random) {
    return {core::SigningKey::generate(random), core::BoxKeyPair::generate(random)};
  }
  PermanentPublicKeys public_keys() const { return {sign.public_key(), box.public_key}; }
};

}  // namespace kith::federation
