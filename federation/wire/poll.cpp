#include "federation/wire/poll.hpp"

#include <nlohmann/json.hpp>

#include "federation/protocol_constants.hpp"
#include "federation/wire/fields.hpp"

namespace kith::federation::wire {
namespace {

using core::Expected;
using core::Json;
using core::to_base64url;

// `<body_field>` and `<body_field>_signature`, both or neither.
Expected<std::optional<SignedMessage>> message_of(const Json& object, const std::string& body_field) {
  const auto signature_field = body_field + "_signature";
  if (!has_field(object, body_field) && !has_field(object, signature_field)) return std::nullopt;
  KITH_TRY_ASSIGN(body, required_blob(object, body_field, kMaxExchangeBodyBytes));
  KITH_TRY_ASSIGN(signature, required_bytes<core::Signature>(object, signature_field));
  return SignedMessage{std::string(core::as_text(body)), signature};
}

void put_message(Json& object, const std::string& body_field, const SignedMessage& message) {
  object[body_field] = to_base64url(core::as_bytes(message.body));
  object[body_field + "_signature"] = to_base64url(message.signature.view());
}

Expected<PollStatus> status_of(const Json& object) {
  KITH_TRY_ASSIGN(text, core::required_text(object, "status", 16));
  if (text == "pending") return PollStatus::pending;
  if (text == "decided") return PollStatus::decided;
  if (text == "accepted") return PollStatus::accepted;
  return wrong_field("status", "must be \"pending\", \"decided\" or \"accepted\"");
}

std::string_view status_text(PollStatus status) {
  switch (status) {
    case PollStatus::pending:
      return "pending";
    case PollStatus::decided:
      return "decided";
    case PollStatus::accepted:
      return "accepted";
  }
  return {};
}

}  // namespace

Expected<PollRequest> PollRequest::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  KITH_TRY_ASSIGN(handshake_id, required_bytes<HandshakeId>(object, "handshake_id"));
  KITH_TRY_ASSIGN(initiator, required_address(object, "initiator"));
  KITH_TRY_ASSIGN(wait, core::required_integer(object, "wait", 0, kMaxPollWait.count()));
  KITH_TRY_ASSIGN(answer, message_of(object, "answer"));
  return PollRequest{handshake_id, std::move(initiator), std::chrono::seconds{wait}, std::move(answer)};
}

std::string PollRequest::serialise() const {
  Json object{
      {"handshake_id", to_base64url(handshake_id.view())}, {"initiator", initiator.text()}, {"wait", wait.count()}};
  if (answer) put_message(object, "answer", *answer);
  return core::to_json_text(object);
}

Expected<PollAnswer> PollAnswer::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  KITH_TRY_ASSIGN(handshake_id, required_bytes<HandshakeId>(object, "handshake_id"));
  KITH_TRY_ASSIGN(status, status_of(object));
  KITH_TRY_ASSIGN(request, message_of(object, "request"));
  if (request.has_value() != (status == PollStatus::decided)) {
    return wrong_field("request", "must be there with \"decided\", and only then");
  }
  return PollAnswer{handshake_id, status, std::move(request)};
}

std::string PollAnswer::serialise() const {
  Json object{{"handshake_id", to_base64url(handshake_id.view())}, {"status", status_text(status)}};
  if (request) put_message(object, "request", *request);
  return core::to_json_text(object);
}

}  // namespace kith::federation::wire
