#include "federation/service/rotation_message.hpp"

#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/id.hpp"
#include "core/json.hpp"
#include "core/length_prefixed.hpp"

namespace kith::federation {
namespace {

using core::Expected;

constexpr std::size_t kMaxFieldBytes = 128;

template <class T>
Expected<T> binary(const core::Json& object, std::string_view field) {
  KITH_TRY_ASSIGN(text, core::required_text(object, field, kMaxFieldBytes));
  auto value = core::from_base64url_as<T>(text);
  if (!value) {
    return core::fail(core::ErrorCode::bad_request,
                      std::string(field) + " must be base64url of " + std::to_string(T::kSize) + " bytes");
  }
  return *value;
}

Expected<std::string> event_id_in(const core::Json& object) {
  KITH_TRY_ASSIGN(text, core::required_text(object, "event_id", kMaxFieldBytes));
  if (!core::is_ulid(text)) return core::fail(core::ErrorCode::bad_request, "event_id must be a lower-case ULID");
  return text;
}

}  // namespace

Expected<RotationMessage> RotationMessage::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body));
  RotationMessage message;
  KITH_TRY_ASSIGN(event_id, event_id_in(object));
  message.event_id = std::move(event_id);
  KITH_TRY_ASSIGN(epoch, core::required_integer(object, "epoch", 1, (std::int64_t{1} << 53) - 1));
  message.epoch = static_cast<std::uint64_t>(epoch);
  KITH_TRY_ASSIGN(sign_key, binary<core::VerifyKey>(object, "sign_key"));
  KITH_TRY_ASSIGN(box_key, binary<core::BoxPublicKey>(object, "box_key"));
  message.keys = {sign_key, box_key};
  KITH_TRY_ASSIGN(old_signature, binary<core::Signature>(object, "old_signature"));
  KITH_TRY_ASSIGN(new_signature, binary<core::Signature>(object, "new_signature"));
  KITH_TRY_ASSIGN(instance_signature, binary<core::Signature>(object, "instance_signature"));
  message.old_signature = old_signature;
  message.new_signature = new_signature;
  message.instance_signature = instance_signature;
  return message;
}

std::string RotationMessage::serialise() const {
  return core::to_json_text(core::Json{{"event_id", event_id},
                                       {"epoch", epoch},
                                       {"sign_key", core::to_base64url(keys.sign_key.view())},
                                       {"box_key", core::to_base64url(keys.box_key.view())},
                                       {"old_signature", core::to_base64url(old_signature.view())},
                                       {"new_signature", core::to_base64url(new_signature.view())},
                                       {"instance_signature", core::to_base64url(instance_signature.view())}});
}

core::Bytes rotation_bytes(const WireConnectionId& connection, const Address& from, const Address& to,
                           std::uint64_t epoch, const PermanentPublicKeys& keys) {
  core::LengthPrefixed bytes;
  bytes.add("kith/1 rotate").add(connection.view()).add(from.text()).add(to.text());
  bytes.add_u64(epoch).add(keys.sign_key.view()).add(keys.box_key.view());
  return core::to_bytes(bytes.view());
}

Expected<std::string> event_id_of(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body));
  return event_id_in(object);
}

}  // namespace kith::federation
