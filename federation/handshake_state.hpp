#pragma once
// What each side keeps between the steps of a handshake (federation/PROTOCOL.md, "States"). Every struct holds secrets,
// wipes itself and is only moved. to_bytes gives one byte string to seal at rest; the caller wipes it after sealing.
// from_bytes fails with internal for bytes of another kind or version.

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "federation/address.hpp"
#include "federation/handshake_keys.hpp"
#include "federation/identifiers.hpp"
#include "federation/permanent_keys.hpp"

namespace kith::federation {

// Who talks to whom. Not secret.
struct Parties {
  HandshakeId handshake_id;
  Address initiator;
  Address responder;
  InstanceKey initiator_instance;
  InstanceKey responder_instance;
};

// Initiator: init was made, its answer has not come.
struct InitSent {
  Parties parties;  // responder_instance: the key that is expected
  core::BoxKeyPair temporary;
  InitiatorNonce nonce;
  std::optional<InviteSecret> invite_secret;

  core::Bytes to_bytes() const;
  [[nodiscard]] static core::Expected<InitSent> from_bytes(core::ByteView bytes);
};

// Initiator: init was answered, the other side's people decide.
struct AwaitingExchange {
  Parties parties;
  InitTranscript th1;
  HandshakeKeys keys;
  InitiatorNonce nonce;

  core::Bytes to_bytes() const;
  [[nodiscard]] static core::Expected<AwaitingExchange> from_bytes(core::ByteView bytes);
};

// Responder: init was answered, our people decide.
struct AwaitingDecision {
  Parties parties;
  InitTranscript th1;
  HandshakeKeys keys;
  Commitment commitment;

  core::Bytes to_bytes() const;
  [[nodiscard]] static core::Expected<AwaitingDecision> from_bytes(core::ByteView bytes);
};

// Responder: the approval was made, its answer has not come.
struct ExchangeSent {
  Parties parties;
  InitTranscript th1;
  HandshakeKeys keys;
  Commitment commitment;
  ResponderNonce nonce;
  PermanentPublicKeys own;

  core::Bytes to_bytes() const;
  [[nodiscard]] static core::Expected<ExchangeSent> from_bytes(core::ByteView bytes);
};

// Either side: permanent keys are known to both.
struct Exchanged {
  Parties parties;
  ExchangeTranscript th2;
  ConfirmKey confirm;
  PermanentPublicKeys peer;

  core::Bytes to_bytes() const;
  [[nodiscard]] static core::Expected<Exchanged> from_bytes(core::ByteView bytes);
};

// Either side: both permanent keys have signed.
struct Verified {
  Parties parties;
  VerifyTranscript th3;
  ConfirmKey confirm;

  core::Bytes to_bytes() const;
  [[nodiscard]] static core::Expected<Verified> from_bytes(core::ByteView bytes);
};

}  // namespace kith::federation
