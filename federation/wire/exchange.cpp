#include "federation/wire/exchange.hpp"

#include <nlohmann/json.hpp>

#include "federation/protocol_constants.hpp"
#include "federation/wire/fields.hpp"

namespace kith::federation::wire {
namespace {

using core::Expected;
using core::Json;
using core::to_base64url;

Expected<std::optional<ExchangeRequest::Approval>> approval_of(const Json& object) {
  KITH_TRY_ASSIGN(decision, core::required_text(object, "approval", 16));
  if (decision == "rejected") {
    for (const auto* field : {"nonce", "sealed"}) {
      if (has_field(object, field)) return wrong_field(field, "has no place in a rejection");
    }
    return std::nullopt;
  }
  if (decision != "approved") return wrong_field("approval", "must be \"approved\" or \"rejected\"");
  KITH_TRY_ASSIGN(nonce, required_bytes<ResponderNonce>(object, "nonce"));
  KITH_TRY_ASSIGN(sealed, required_blob(object, "sealed", kMaxSealedKeysBytes));
  return ExchangeRequest::Approval{nonce, std::move(sealed)};
}

}  // namespace

Expected<ExchangeRequest> ExchangeRequest::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxExchangeBodyBytes}));
  KITH_TRY_ASSIGN(handshake_id, required_bytes<HandshakeId>(object, "handshake_id"));
  KITH_TRY_ASSIGN(initiator, required_address(object, "initiator"));
  KITH_TRY_ASSIGN(responder, required_address(object, "responder"));
  KITH_TRY_ASSIGN(transcript, required_bytes<InitTranscript>(object, "transcript"));
  KITH_TRY_ASSIGN(approval, approval_of(object));
  return ExchangeRequest{handshake_id, std::move(initiator), std::move(responder), transcript, std::move(approval)};
}

std::string ExchangeRequest::serialise() const {
  Json object{{"handshake_id", to_base64url(handshake_id.view())},
              {"initiator", initiator.text()},
              {"responder", responder.text()},
              {"transcript", to_base64url(transcript.view())},
              {"approval", approval ? "approved" : "rejected"}};
  if (approval) {
    object["nonce"] = to_base64url(approval->nonce.view());
    object["sealed"] = to_base64url(approval->sealed);
  }
  return core::to_json_text(object);
}

Expected<ExchangeAnswer> ExchangeAnswer::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxExchangeBodyBytes}));
  KITH_TRY_ASSIGN(handshake_id, required_bytes<HandshakeId>(object, "handshake_id"));
  if (!has_field(object, "initiator") && !has_field(object, "sealed")) return ExchangeAnswer{handshake_id, {}};
  KITH_TRY_ASSIGN(initiator, required_address(object, "initiator"));
  KITH_TRY_ASSIGN(sealed, required_blob(object, "sealed", kMaxSealedKeysBytes));
  return ExchangeAnswer{handshake_id, Keys{std::move(initiator), std::move(sealed)}};
}

std::string ExchangeAnswer::serialise() const {
  Json object{{"handshake_id", to_base64url(handshake_id.view())}};
  if (keys) {
    object["initiator"] = keys->initiator.text();
    object["sealed"] = to_base64url(keys->sealed);
  }
  return core::to_json_text(object);
}

Expected<SealedKeys> SealedKeys::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxSealedKeysBytes}));
  KITH_TRY_ASSIGN(sign_key, required_bytes<core::VerifyKey>(object, "sign_key"));
  KITH_TRY_ASSIGN(box_key, required_bytes<core::BoxPublicKey>(object, "box_key"));
  SealedKeys keys{{sign_key, box_key}, std::nullopt};
  if (has_field(object, "nonce")) {
    KITH_TRY_ASSIGN(nonce, required_bytes<InitiatorNonce>(object, "nonce"));
    keys.nonce = std::move(nonce);
  }
  return keys;
}

std::string SealedKeys::serialise() const {
  Json object{{"sign_key", to_base64url(keys.sign_key.view())}, {"box_key", to_base64url(keys.box_key.view())}};
  if (nonce) object["nonce"] = to_base64url(nonce->view());
  return core::to_json_text(object);
}

}  // namespace kith::federation::wire
