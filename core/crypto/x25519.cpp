#include "core/crypto/x25519.hpp"

#include <sodium.h>

namespace kith::core {
namespace {

// crypto_box_seal's nonce: BLAKE2b of both public keys.
std::array<std::uint8_t, crypto_box_NONCEBYTES> seal_nonce(const BoxPublicKey& ephemeral,
                                                           const BoxPublicKey& recipient) {
  std::array<std::uint8_t, crypto_box_NONCEBYTES> nonce;
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, nonce.size());
  crypto_generichash_update(&state, ephemeral.data.data(), ephemeral.data.size());
  crypto_generichash_update(&state, recipient.data.data(), recipient.data.size());
  crypto_generichash_final(&state, nonce.data(), nonce.size());
  return nonce;
}

}  // namespace

BoxKeyPair BoxKeyPair::generate(Random& random) {
  BoxSecretKey secret;
  random.fill(secret.writable());
  return from_secret(std::move(secret));
}

BoxKeyPair BoxKeyPair::from_secret(BoxSecretKey secret) {
  BoxKeyPair pair;
  pair.secret_key = std::move(secret);
  crypto_scalarmult_base(pair.public_key.data.data(), pair.secret_key.view().data());
  return pair;
}

Expected<SharedSecret> x25519(const BoxSecretKey& secret, const BoxPublicKey& peer) {
  SharedSecret shared;
  // libsodium answers -1 for an all-zero result.
  if (crypto_scalarmult(shared.writable().data(), secret.view().data(), peer.data.data()) != 0) {
    return fail(ErrorCode::handshake_rejected, "the other side's key has low order");
  }
  return shared;
}

bool is_sound_key(const BoxPublicKey& key) {
  // Any clamped scalar is a multiple of 8, so every low-order point gives zero with this one too.
  BoxSecretKey any;
  any.writable()[0] = 8;
  return x25519(any, key).has_value();
}

Expected<Bytes> seal_to(const BoxPublicKey& recipient, ByteView message, Random& random) {
  const auto ephemeral = BoxKeyPair::generate(random);
  const auto nonce = seal_nonce(ephemeral.public_key, recipient);
  Bytes out(message.size() + kSealOverhead);
  std::copy(ephemeral.public_key.data.begin(), ephemeral.public_key.data.end(), out.begin());
  if (crypto_box_easy(out.data() + crypto_box_PUBLICKEYBYTES, message.data(), message.size(), nonce.data(),
                      recipient.data.data(), ephemeral.secret_key.view().data()) != 0) {
    return fail(ErrorCode::handshake_rejected, "the other side's key has low order");
  }
  return out;
}

Expected<Bytes> open_sealed(const BoxKeyPair& recipient, ByteView sealed) {
  if (sealed.size() >= kSealOverhead) {
    Bytes out(sealed.size() - kSealOverhead);
    if (crypto_box_seal_open(out.data(), sealed.data(), sealed.size(), recipient.public_key.data.data(),
                             recipient.secret_key.view().data()) == 0) {
      return out;
    }
  }
  return fail(ErrorCode::handshake_rejected, "the sealed box does not open");
}

}  // namespace kith::core
