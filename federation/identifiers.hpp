#pragma once
// The fixed-size values of kith/1, each a type of its own so that none can stand in for another
// (federation/PROTOCOL.md, "Conventions" and "Handshake"). Plain values; secrets wipe themselves and are only moved.

#include "core/bytes.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/crypto/x25519.hpp"
#include "core/secret.hpp"

namespace kith::federation {

// Names one handshake together with the initiator's instance key; chosen at random by the initiator.
using HandshakeId = core::FixedBytes<16, struct HandshakeIdTag>;
// Names one established connection on the wire (16 bytes of a hash of its whole handshake).
using WireConnectionId = core::FixedBytes<16, struct WireConnectionIdTag>;
using WireInviteId = core::FixedBytes<16, struct WireInviteIdTag>;

// nonce_A stays secret until the exchange answer reveals it; nonce_B travels in the exchange request.
using InitiatorNonce = core::Secret<16, struct InitiatorNonceTag>;
using ResponderNonce = core::FixedBytes<16, struct ResponderNonceTag>;
using Commitment = core::FixedBytes<32, struct CommitmentTag>;

// Running hashes of a handshake after init (th1), exchange (th2) and verify (th3).
using InitTranscript = core::FixedBytes<32, struct InitTranscriptTag>;
using ExchangeTranscript = core::FixedBytes<32, struct ExchangeTranscriptTag>;
using VerifyTranscript = core::FixedBytes<32, struct VerifyTranscriptTag>;

using InviteMac = core::FixedBytes<32, struct InviteMacTag>;
using Confirmation = core::FixedBytes<32, struct ConfirmationTag>;      // the initiator's complete MAC
using Acknowledgment = core::FixedBytes<32, struct AcknowledgmentTag>;  // the responder's complete MAC

using InviteSecret = core::Secret<32, struct InviteSecretTag>;

// An Ed25519 key that names a whole instance.
using InstanceKey = core::VerifyKey;

}  // namespace kith::federation
