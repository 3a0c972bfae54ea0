#include "federation/wire/init.hpp"

#include <nlohmann/json.hpp>

#include "federation/protocol_constants.hpp"
#include "federation/wire/fields.hpp"

namespace kith::federation::wire {
namespace {

using core::Expected;
using core::Json;
using core::to_base64url;

Expected<Delivery> delivery_of(const Json& object) {
  KITH_TRY_ASSIGN(text, core::required_text(object, "delivery", 16));
  if (text == "push") return Delivery::push;
  if (text == "poll") return Delivery::poll;
  return wrong_field("delivery", "must be \"push\" or \"poll\"");
}

Expected<InitStatus> status_of(const Json& object) {
  KITH_TRY_ASSIGN(text, core::required_text(object, "status", 16));
  if (text == "pending") return InitStatus::pending;
  if (text == "crossed") return InitStatus::crossed;
  return wrong_field("status", "must be \"pending\" or \"crossed\"");
}

Expected<std::optional<InviteClaim>> invite_of(const Json& object) {
  const auto field = object.find("invite");
  if (field == object.end()) return std::nullopt;
  if (!field->is_object()) return wrong_field("invite", "must be an object");
  KITH_TRY_ASSIGN(id, required_bytes<WireInviteId>(*field, "id"));
  KITH_TRY_ASSIGN(mac, required_bytes<InviteMac>(*field, "mac"));
  return InviteClaim{id, mac};
}

}  // namespace

bool is_purpose(std::string_view text) {
  return is_plain_text(text, kMaxPurposeCodePoints);
}

Expected<InitRequest> InitRequest::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  KITH_TRY_ASSIGN(protocol, core::required_text(object, "protocol", kMaxProtocolBytes));
  if (protocol != kProtocol) return wrong_field("protocol", "must be \"kith/1\"");
  KITH_TRY_ASSIGN(handshake_id, required_bytes<HandshakeId>(object, "handshake_id"));
  KITH_TRY_ASSIGN(initiator, required_address(object, "initiator"));
  KITH_TRY_ASSIGN(responder, required_address(object, "responder"));
  KITH_TRY_ASSIGN(purpose, required_plain_text(object, "purpose", kMaxPurposeCodePoints));
  KITH_TRY_ASSIGN(initiator_key, required_bytes<core::BoxPublicKey>(object, "initiator_key"));
  KITH_TRY_ASSIGN(commitment, required_bytes<Commitment>(object, "commitment"));
  KITH_TRY_ASSIGN(instance_key, required_bytes<InstanceKey>(object, "instance_key"));
  KITH_TRY_ASSIGN(delivery, delivery_of(object));
  KITH_TRY_ASSIGN(timestamp, core::required_timestamp(object, "timestamp"));
  KITH_TRY_ASSIGN(invite, invite_of(object));
  KITH_TRY_ASSIGN(statements, key_statements_of(object));
  return InitRequest{handshake_id,
                     std::move(initiator),
                     std::move(responder),
                     std::move(purpose),
                     initiator_key,
                     commitment,
                     instance_key,
                     delivery,
                     timestamp,
                     invite,
                     std::move(statements)};
}

std::string InitRequest::serialise() const {
  Json object{{"protocol", kProtocol},
              {"handshake_id", to_base64url(handshake_id.view())},
              {"initiator", initiator.text()},
              {"responder", responder.text()},
              {"purpose", purpose},
              {"initiator_key", to_base64url(initiator_key.view())},
              {"commitment", to_base64url(commitment.view())},
              {"instance_key", to_base64url(instance_key.view())},
              {"delivery", delivery == Delivery::push ? "push" : "poll"},
              {"timestamp", core::format_timestamp(timestamp)}};
  if (invite) {
    object["invite"] = {{"id", to_base64url(invite->id.view())}, {"mac", to_base64url(invite->mac.view())}};
  }
  if (!key_statements.empty()) object["key_statements"] = key_statements_json(key_statements);
  return core::to_json_text(object);
}

Expected<InitAnswer> InitAnswer::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  KITH_TRY_ASSIGN(handshake_id, required_bytes<HandshakeId>(object, "handshake_id"));
  KITH_TRY_ASSIGN(responder, required_address(object, "responder"));
  KITH_TRY_ASSIGN(responder_key, required_bytes<core::BoxPublicKey>(object, "responder_key"));
  KITH_TRY_ASSIGN(instance_key, required_bytes<InstanceKey>(object, "instance_key"));
  KITH_TRY_ASSIGN(timestamp, core::required_timestamp(object, "timestamp"));
  KITH_TRY_ASSIGN(status, status_of(object));
  KITH_TRY_ASSIGN(statements, key_statements_of(object));
  return InitAnswer{handshake_id, std::move(responder), responder_key, instance_key, timestamp,
                    status,       std::move(statements)};
}

std::string InitAnswer::serialise() const {
  Json object{{"handshake_id", to_base64url(handshake_id.view())},
              {"responder", responder.text()},
              {"responder_key", to_base64url(responder_key.view())},
              {"instance_key", to_base64url(instance_key.view())},
              {"timestamp", core::format_timestamp(timestamp)},
              {"status", status == InitStatus::pending ? "pending" : "crossed"}};
  if (!key_statements.empty()) object["key_statements"] = key_statements_json(key_statements);
  return core::to_json_text(object);
}

}  // namespace kith::federation::wire
