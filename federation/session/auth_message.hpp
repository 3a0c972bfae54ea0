#pragma once
// The two messages of POST /api/auth as text (PROTOCOL.md, "Opening a session"); federation/signing.hpp signs them.
// Pure functions and plain values. Parsers take at most kMaxBodyBytes and fail with bad_request naming the field.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/crypto/aead.hpp"
#include "core/crypto/sha256.hpp"
#include "core/crypto/x25519.hpp"
#include "core/error.hpp"
#include "core/time.hpp"
#include "federation/session/session_ids.hpp"

namespace kith::federation {

using core::Expected;

// A 32-byte session key in a sealed box.
using SealedSessionKey = core::FixedBytes<32 + core::kSealOverhead, struct SealedSessionKeyTag>;

struct AuthRequest {
  WireConnectionId connection_id;
  std::string from;              // address of the opener's user
  std::string to;                // address of the other user
  std::uint64_t epoch = 0;       // of the opener's pair: its signing key signs this message
  std::uint64_t peer_epoch = 0;  // of the other's pair: its box key opens session_key, its signing key signs the answer
  SealedSessionKey session_key;
  core::BoxPublicKey ephemeral_key;
  bool aes = false;  // the opener has hardware AES
  core::Timestamp timestamp;
  bool operator==(const AuthRequest&) const = default;
};

struct AuthAnswer {
  SessionId session_id;
  core::BoxPublicKey ephemeral_key;
  core::Timestamp expires_at;
  core::AeadCipher cipher = core::AeadCipher::chacha20poly1305;
  std::optional<core::Digest> tls_spki;
  bool operator==(const AuthAnswer&) const = default;
};

std::string render_auth_request(const AuthRequest& request);
[[nodiscard]] Expected<AuthRequest> parse_auth_request(std::string_view body);
std::string render_auth_answer(const AuthAnswer& answer);
[[nodiscard]] Expected<AuthAnswer> parse_auth_answer(std::string_view body);

// "aes256gcm" or "chacha20poly1305".
std::string_view cipher_name(core::AeadCipher cipher);
// AES-256-GCM only if both sides have it in hardware.
core::AeadCipher choose_cipher(bool opener_has_aes, bool answerer_has_aes);

}  // namespace kith::federation
