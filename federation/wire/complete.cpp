#include "federation/wire/complete.hpp"

#include <nlohmann/json.hpp>

#include "federation/protocol_constants.hpp"
#include "federation/wire/fields.hpp"

namespace kith::federation::wire {

using core::Expected;
using core::to_base64url;

Expected<CompleteRequest> CompleteRequest::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  KITH_TRY_ASSIGN(handshake_id, required_bytes<HandshakeId>(object, "handshake_id"));
  KITH_TRY_ASSIGN(initiator, required_address(object, "initiator"));
  KITH_TRY_ASSIGN(confirmation, required_bytes<Confirmation>(object, "confirmation"));
  return CompleteRequest{handshake_id, std::move(initiator), confirmation};
}

std::string CompleteRequest::serialise() const {
  return core::to_json_text({{"handshake_id", to_base64url(handshake_id.view())},
                             {"initiator", initiator.text()},
                             {"confirmation", to_base64url(confirmation.view())}});
}

Expected<CompleteAnswer> CompleteAnswer::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  KITH_TRY_ASSIGN(handshake_id, required_bytes<HandshakeId>(object, "handshake_id"));
  KITH_TRY_ASSIGN(responder, required_address(object, "responder"));
  KITH_TRY_ASSIGN(acknowledgment, required_bytes<Acknowledgment>(object, "acknowledgment"));
  return CompleteAnswer{handshake_id, std::move(responder), acknowledgment};
}

std::string CompleteAnswer::serialise() const {
  return core::to_json_text({{"handshake_id", to_base64url(handshake_id.view())},
                             {"responder", responder.text()},
                             {"acknowledgment", to_base64url(acknowledgment.view())}});
}

}  // namespace kith::federation::wire
