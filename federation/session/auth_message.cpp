#include "federation/session/auth_message.hpp"

#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::federation {
namespace {

constexpr std::int64_t kMaxEpoch = (std::int64_t{1} << 53) - 1;  // what every JSON library keeps exactly

// A binary field of exactly T's size.
template <class T>
Expected<T> required_fixed(const core::Json& object, std::string_view field) {
  KITH_TRY_ASSIGN(text, core::required_text(object, field, 2 * T::kSize));
  auto value = core::from_base64url_as<T>(text);
  if (!value) {
    return core::fail(core::ErrorCode::bad_request,
                      std::string(field) + " must be " + std::to_string(T::kSize) + " bytes in base64url");
  }
  return *value;
}

Expected<core::AeadCipher> cipher_from_name(std::string_view name) {
  for (auto cipher : {core::AeadCipher::aes256gcm, core::AeadCipher::chacha20poly1305}) {
    if (cipher_name(cipher) == name) return cipher;
  }
  return core::fail(core::ErrorCode::bad_request, "cipher must be aes256gcm or chacha20poly1305");
}

}  // namespace

std::string render_auth_request(const AuthRequest& request) {
  return core::to_json_text({
      {"connection_id", core::to_base64url(request.connection_id.view())},
      {"from", request.from},
      {"to", request.to},
      {"epoch", request.epoch},
      {"peer_epoch", request.peer_epoch},
      {"session_key", core::to_base64url(request.session_key.view())},
      {"ephemeral_key", core::to_base64url(request.ephemeral_key.view())},
      {"aes", request.aes},
      {"timestamp", core::format_timestamp(request.timestamp)},
  });
}

Expected<AuthRequest> parse_auth_request(std::string_view body) {
  KITH_TRY_ASSIGN(json, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  AuthRequest request;
  KITH_TRY_ASSIGN(connection_id, required_fixed<WireConnectionId>(json, "connection_id"));
  request.connection_id = connection_id;
  KITH_TRY_ASSIGN(from, core::required_text(json, "from", kMaxAddressBytes));
  request.from = std::move(from);
  KITH_TRY_ASSIGN(to, core::required_text(json, "to", kMaxAddressBytes));
  request.to = std::move(to);
  KITH_TRY_ASSIGN(epoch, core::required_integer(json, "epoch", 0, kMaxEpoch));
  request.epoch = static_cast<std::uint64_t>(epoch);
  KITH_TRY_ASSIGN(peer_epoch, core::required_integer(json, "peer_epoch", 0, kMaxEpoch));
  request.peer_epoch = static_cast<std::uint64_t>(peer_epoch);
  KITH_TRY_ASSIGN(session_key, required_fixed<SealedSessionKey>(json, "session_key"));
  request.session_key = session_key;
  KITH_TRY_ASSIGN(ephemeral_key, required_fixed<core::BoxPublicKey>(json, "ephemeral_key"));
  request.ephemeral_key = ephemeral_key;
  KITH_TRY_ASSIGN(aes, core::required_bool(json, "aes"));
  request.aes = aes;
  KITH_TRY_ASSIGN(timestamp, core::required_timestamp(json, "timestamp"));
  request.timestamp = timestamp;
  return request;
}

std::string render_auth_answer(const AuthAnswer& answer) {
  core::Json json = {
      {"session_id", core::to_base64url(answer.session_id.view())},
      {"ephemeral_key", core::to_base64url(answer.ephemeral_key.view())},
      {"expires_at", core::format_timestamp(answer.expires_at)},
      {"cipher", std::string(cipher_name(answer.cipher))},
  };
  if (answer.tls_spki) json["tls_spki"] = core::to_base64url(answer.tls_spki->view());
  return core::to_json_text(json);
}

Expected<AuthAnswer> parse_auth_answer(std::string_view body) {
  KITH_TRY_ASSIGN(json, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  AuthAnswer answer;
  KITH_TRY_ASSIGN(session_id, required_fixed<SessionId>(json, "session_id"));
  answer.session_id = session_id;
  KITH_TRY_ASSIGN(ephemeral_key, required_fixed<core::BoxPublicKey>(json, "ephemeral_key"));
  answer.ephemeral_key = ephemeral_key;
  KITH_TRY_ASSIGN(expires_at, core::required_timestamp(json, "expires_at"));
  answer.expires_at = expires_at;
  KITH_TRY_ASSIGN(name, core::required_text(json, "cipher", 32));
  KITH_TRY_ASSIGN(cipher, cipher_from_name(name));
  answer.cipher = cipher;
  if (json.contains("tls_spki")) {
    KITH_TRY_ASSIGN(tls_spki, required_fixed<core::Digest>(json, "tls_spki"));
    answer.tls_spki = tls_spki;
  }
  return answer;
}

std::string_view cipher_name(core::AeadCipher cipher) {
  return cipher == core::AeadCipher::aes256gcm ? "aes256gcm" : "chacha20poly1305";
}

core::AeadCipher choose_cipher(bool opener_has_aes, bool answerer_has_aes) {
  return opener_has_aes && answerer_has_aes ? core::AeadCipher::aes256gcm : core::AeadCipher::chacha20poly1305;
}

}  // namespace kith::federation
