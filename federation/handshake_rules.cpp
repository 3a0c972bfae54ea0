#include "federation/handshake_rules.hpp"

#include <nlohmann/json.hpp>

#include "federation/protocol_constants.hpp"
#include "federation/wire/fields.hpp"

namespace kith::federation {

bool timestamp_acceptable(core::Timestamp sent, core::Timestamp now) {
  return sent >= now - kTimestampTolerance && sent <= now + kTimestampTolerance;
}

CrossedVerdict judge_crossed(const core::BoxPublicKey& our_initiator_key,
                             const core::BoxPublicKey& their_initiator_key) {
  return our_initiator_key < their_initiator_key ? CrossedVerdict::ours_goes_on : CrossedVerdict::theirs_goes_on;
}

core::Expected<HandshakeId> peek_handshake_id(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  return wire::required_bytes<HandshakeId>(object, "handshake_id");
}

}  // namespace kith::federation
