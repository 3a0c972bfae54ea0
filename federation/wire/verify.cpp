#include "federation/wire/verify.hpp"

#include <nlohmann/json.hpp>

#include "federation/protocol_constants.hpp"
#include "federation/wire/fields.hpp"

namespace kith::federation::wire {

using core::Expected;
using core::to_base64url;

Expected<VerifyRequest> VerifyRequest::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  KITH_TRY_ASSIGN(handshake_id, required_bytes<HandshakeId>(object, "handshake_id"));
  KITH_TRY_ASSIGN(initiator, required_address(object, "initiator"));
  KITH_TRY_ASSIGN(timestamp, core::required_timestamp(object, "timestamp"));
  KITH_TRY_ASSIGN(signature, required_bytes<core::Signature>(object, "signature"));
  return VerifyRequest{handshake_id, std::move(initiator), timestamp, signature};
}

std::string VerifyRequest::serialise() const {
  return core::to_json_text({{"handshake_id", to_base64url(handshake_id.view())},
                             {"initiator", initiator.text()},
                             {"timestamp", core::format_timestamp(timestamp)},
                             {"signature", to_base64url(signature.view())}});
}

Expected<VerifyAnswer> VerifyAnswer::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  KITH_TRY_ASSIGN(handshake_id, required_bytes<HandshakeId>(object, "handshake_id"));
  KITH_TRY_ASSIGN(responder, required_address(object, "responder"));
  KITH_TRY_ASSIGN(timestamp, core::required_timestamp(object, "timestamp"));
  KITH_TRY_ASSIGN(signature, required_bytes<core::Signature>(object, "signature"));
  return VerifyAnswer{handshake_id, std::move(responder), timestamp, signature};
}

std::string VerifyAnswer::serialise() const {
  return core::to_json_text({{"handshake_id", to_base64url(handshake_id.view())},
                             {"responder", responder.text()},
                             {"timestamp", core::format_timestamp(timestamp)},
                             {"signature", to_base64url(signature.view())}});
}

}  // namespace kith::federation::wire
