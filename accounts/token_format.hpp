#pragma once
// The text of a bearer token: base64url of fixed-size fields and an HMAC-SHA-256 over them.
//
//   version 1 | secret id 26 | log-in id 26 | user id 26 | permission 1 | issued 8 | expires 8 | nonce 16 | MAC 32
//
// Ids are ULID text, times Unix milliseconds big-endian. 144 bytes, 192 characters, no spare bits. Pure, thread-safe.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/user.hpp"
#include "core/crypto/hmac.hpp"
#include "core/secret.hpp"

namespace kith::accounts {

using TokenSecretId = core::Id<struct TokenSecretIdTag>;
using TokenSecret = core::Secret<32, struct TokenSecretTag>;

inline constexpr std::size_t kTokenBytes = 144;
inline constexpr std::size_t kTokenCharacters = 192;

struct TokenClaims {
  TokenSecretId secret;
  LogInId log_in;
  core::UserId user;
  Permission permission = Permission::none;
  core::Timestamp issued_at;
  core::Timestamp expires_at;
  std::array<std::uint8_t, 16> nonce{};
};

// A token taken apart, its MAC not yet checked: nothing of it may be believed before mac_holds().
struct UnverifiedToken {
  TokenClaims claims;
  core::Bytes signed_bytes;
  core::Mac mac;
  bool mac_holds(const TokenSecret& secret) const;
};

std::string write_token(const TokenClaims& claims, const TokenSecret& secret);
std::optional<UnverifiedToken> read_token(std::string_view text);

}  // namespace kith::accounts
