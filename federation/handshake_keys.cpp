#include "federation/handshake_keys.hpp"

#include "core/crypto/aead.hpp"
#include "core/length_prefixed.hpp"
#include "federation/protocol_constants.hpp"
#include "federation/wire/exchange.hpp"

namespace kith::federation {
namespace {

using core::Expected;

// The same 32 bytes under another name.
template <class To, class From>
To renamed(const From& secret) {
  return To(std::span<const std::uint8_t, 32>(secret.view()));
}

core::LengthPrefixed exchange_data(std::string_view label, const InitTranscript& th1) {
  core::LengthPrefixed data;
  data.add(label).add(th1.view());
  return data;
}

template <class Key>
core::Bytes seal_keys(const Key& key, std::string_view label, const InitTranscript& th1,
                      const wire::SealedKeys& payload, core::Random& random) {
  const auto text = payload.serialise();
  return core::xchacha_seal(renamed<core::Secret<32>>(key), exchange_data(label, th1).view(), core::as_bytes(text),
                            random);
}

template <class Key>
Expected<wire::SealedKeys> open_keys(const Key& key, std::string_view label, const InitTranscript& th1,
                                     core::ByteView sealed) {
  const auto opened = core::xchacha_open(renamed<core::Secret<32>>(key), exchange_data(label, th1).view(), sealed);
  if (!opened) return core::fail(core::ErrorCode::handshake_rejected, "the sealed keys do not open");
  auto payload = wire::SealedKeys::parse(core::as_text(*opened));
  if (!payload) {
    return core::fail(core::ErrorCode::handshake_rejected, "the sealed keys: " + payload.error().detail);
  }
  return payload;
}

core::LengthPrefixed verify_input(Role role, const ExchangeTranscript& th2, const Address& initiator,
                                  const Address& responder, core::Timestamp timestamp) {
  core::LengthPrefixed input;
  input.add(role == Role::initiator ? kVerifyInitiatorLabel : kVerifyResponderLabel)
      .add(th2.view())
      .add(initiator.text())
      .add(responder.text())
      .add(core::format_timestamp(timestamp));
  return input;
}

core::Mac complete_mac(const ConfirmKey& key, std::string_view label, const VerifyTranscript& th3) {
  core::LengthPrefixed input;
  input.add(label).add(th3.view());
  return core::hmac_sha256(key.view(), input.view());
}

}  // namespace

Expected<core::Prk> handshake_prk(const core::BoxSecretKey& own, const core::BoxPublicKey& peer,
                                  const InviteSecret* invite, const InitTranscript& th1) {
  KITH_TRY_ASSIGN(shared, core::x25519(own, peer));
  core::Secret<64> input;  // the second half stays zero without an invite
  std::ranges::copy(shared.view(), input.writable().begin());
  if (invite != nullptr) std::ranges::copy(invite->view(), input.writable().begin() + 32);
  return core::hkdf_extract(th1.view(), input.view());
}

HandshakeKeys expand_handshake_keys(const core::Prk& prk) {
  const auto expand = [&prk]<class Key>(Key& key, std::string_view info) {
    key = renamed<Key>(core::hkdf_expand(prk, info));
  };
  HandshakeKeys keys;
  expand(keys.i2r, kInitiatorToResponderInfo);
  expand(keys.r2i, kResponderToInitiatorInfo);
  expand(keys.confirm, kConfirmInfo);
  expand(keys.words, kWordsInfo);
  return keys;
}

Expected<HandshakeKeys> derive_handshake_keys(const core::BoxSecretKey& own, const core::BoxPublicKey& peer,
                                              const InviteSecret* invite, const InitTranscript& th1) {
  KITH_TRY_ASSIGN(prk, handshake_prk(own, peer, invite, th1));
  return expand_handshake_keys(prk);
}

core::Bytes seal_responder_keys(const ResponderToInitiatorKey& key, const InitTranscript& th1,
                                const PermanentPublicKeys& keys, core::Random& random) {
  return seal_keys(key, kExchangeRequestLabel, th1, {keys, std::nullopt}, random);
}

Expected<PermanentPublicKeys> open_responder_keys(const ResponderToInitiatorKey& key, const InitTranscript& th1,
                                                  core::ByteView sealed) {
  KITH_TRY_ASSIGN(payload, open_keys(key, kExchangeRequestLabel, th1, sealed));
  return payload.keys;
}

core::Bytes seal_initiator_keys(const InitiatorToResponderKey& key, const InitTranscript& th1,
                                const PermanentPublicKeys& keys, const InitiatorNonce& nonce, core::Random& random) {
  return seal_keys(key, kExchangeResponseLabel, th1, {keys, nonce.duplicate()}, random);
}

Expected<InitiatorReveal> open_initiator_keys(const InitiatorToResponderKey& key, const InitTranscript& th1,
                                              core::ByteView sealed) {
  KITH_TRY_ASSIGN(payload, open_keys(key, kExchangeResponseLabel, th1, sealed));
  if (!payload.nonce) return core::fail(core::ErrorCode::handshake_rejected, "the sealed keys: `nonce` is missing");
  return InitiatorReveal{payload.keys, std::move(*payload.nonce)};
}

core::Signature sign_verify(const core::SigningKey& key, Role role, const ExchangeTranscript& th2,
                            const Address& initiator, const Address& responder, core::Timestamp timestamp) {
  return key.sign(verify_input(role, th2, initiator, responder, timestamp).view());
}

bool check_verify(const core::VerifyKey& key, Role role, const ExchangeTranscript& th2, const Address& initiator,
                  const Address& responder, core::Timestamp timestamp, const core::Signature& signature) {
  return core::verify_signature(key, verify_input(role, th2, initiator, responder, timestamp).view(), signature);
}

Confirmation confirmation_of(const ConfirmKey& key, const VerifyTranscript& th3) {
  return {complete_mac(key, kCompleteInitiatorLabel, th3).data};
}

Acknowledgment acknowledgment_of(const ConfirmKey& key, const VerifyTranscript& th3) {
  return {complete_mac(key, kCompleteResponderLabel, th3).data};
}

}  // namespace kith::federation
