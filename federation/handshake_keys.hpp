#pragma once
// The key schedule of a handshake: what both sides derive from init, and what they make with it
// (federation/PROTOCOL.md, "Key schedule"). Secrets wipe themselves. Pure functions but for the injected Random.

#include <optional>

#include "core/crypto/hmac.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "core/secret.hpp"
#include "federation/address.hpp"
#include "federation/identifiers.hpp"
#include "federation/permanent_keys.hpp"

namespace kith::federation {

using InitiatorToResponderKey = core::Secret<32, struct InitiatorToResponderKeyTag>;
using ResponderToInitiatorKey = core::Secret<32, struct ResponderToInitiatorKeyTag>;
using ConfirmKey = core::Secret<32, struct ConfirmKeyTag>;
using WordsKey = core::Secret<32, struct WordsKeyTag>;

struct HandshakeKeys {
  InitiatorToResponderKey i2r;
  ResponderToInitiatorKey r2i;
  ConfirmKey confirm;
  WordsKey words;
};

// HKDF-Extract(salt th1, ikm X25519(own, peer) ‖ invite secret or 32 zero bytes); handshake_rejected for a peer key
// that leads to all zero.
[[nodiscard]] core::Expected<core::Prk> handshake_prk(const core::BoxSecretKey& own, const core::BoxPublicKey& peer,
                                                      const InviteSecret* invite, const InitTranscript& th1);
HandshakeKeys expand_handshake_keys(const core::Prk& prk);
[[nodiscard]] core::Expected<HandshakeKeys> derive_handshake_keys(const core::BoxSecretKey& own,
                                                                  const core::BoxPublicKey& peer,
                                                                  const InviteSecret* invite,
                                                                  const InitTranscript& th1);

// The sealed payloads of exchange: XChaCha20-Poly1305, 24-byte nonce in front, th1 in the associated data.
core::Bytes seal_responder_keys(const ResponderToInitiatorKey& key, const InitTranscript& th1,
                                const PermanentPublicKeys& keys, core::Random& random);
// handshake_rejected when it does not open or is not what it should be.
[[nodiscard]] core::Expected<PermanentPublicKeys> open_responder_keys(const ResponderToInitiatorKey& key,
                                                                      const InitTranscript& th1, core::ByteView sealed);
struct InitiatorReveal {
  PermanentPublicKeys keys;
  InitiatorNonce nonce;
};
core::Bytes seal_initiator_keys(const InitiatorToResponderKey& key, const InitTranscript& th1,
                                const PermanentPublicKeys& keys, const InitiatorNonce& nonce, core::Random& random);
[[nodiscard]] core::Expected<InitiatorReveal> open_initiator_keys(const InitiatorToResponderKey& key,
                                                                  const InitTranscript& th1, core::ByteView sealed);

// The inner signature of verify, by a permanent key.
enum class Role : std::uint8_t { initiator, responder };
core::Signature sign_verify(const core::SigningKey& key, Role role, const ExchangeTranscript& th2,
                            const Address& initiator, const Address& responder, core::Timestamp timestamp);
[[nodiscard]] bool check_verify(const core::VerifyKey& key, Role role, const ExchangeTranscript& th2,
                                const Address& initiator, const Address& responder, core::Timestamp timestamp,
                                const core::Signature& signature);

// The MACs of complete.
Confirmation confirmation_of(const ConfirmKey& key, const VerifyTranscript& th3);
Acknowledgment acknowledgment_of(const ConfirmKey& key, const VerifyTranscript& th3);

}  // namespace kith::federation
