#pragma once
// X25519 (RFC 7748) and sealed boxes (libsodium's crypto_box_seal). Thread-safe.

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "core/secret.hpp"

namespace kith::core {

using BoxPublicKey = FixedBytes<32, struct BoxPublicKeyTag>;
using BoxSecretKey = Secret<32, struct BoxSecretKeyTag>;
using SharedSecret = Secret<32, struct SharedSecretTag>;

struct BoxKeyPair {
  BoxPublicKey public_key;
  BoxSecretKey secret_key;
  static BoxKeyPair generate(Random& random);
  static BoxKeyPair from_secret(BoxSecretKey secret);
};

// RFC 7748, section 6.1. An all-zero result (a low-order public key) fails with handshake_rejected.
[[nodiscard]] Expected<SharedSecret> x25519(const BoxSecretKey& secret, const BoxPublicKey& peer);
// False for the low-order points: such a key is refused wherever it comes in.
[[nodiscard]] bool is_sound_key(const BoxPublicKey& key);

// crypto_box_seal: ephemeral public key ‖ crypto_box(message), nonce BLAKE2b-24(ephemeral ‖ recipient). 48 bytes longer
// than the message. The ephemeral key comes from `random`, so vectors can be made again.
[[nodiscard]] Expected<Bytes> seal_to(const BoxPublicKey& recipient, ByteView message, Random& random);
inline constexpr std::size_t kSealOverhead = 48;
// handshake_rejected when it does not open.
[[nodiscard]] Expected<Bytes> open_sealed(const BoxKeyPair& recipient, ByteView sealed);

}  // namespace kith::core
