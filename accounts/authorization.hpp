#pragma once
// The `Authorization: Basic` and `Bearer` fields (RFC 7617, RFC 6750) taken apart. Pure, thread-safe.

#include <optional>
#include <string>
#include <string_view>

namespace kith::accounts {

inline constexpr std::size_t kMaxAuthorization = 4096;

struct BasicCredentials {
  std::string email;
  std::string password;  // as sent: never trimmed
};

// Nothing unless it is "Basic" and canonical base64 of UTF-8 "email:password".
std::optional<BasicCredentials> parse_basic(std::string_view authorization);
// The token of "Bearer …"; nothing for another scheme or an empty one.
std::optional<std::string_view> parse_bearer(std::string_view authorization);

}  // namespace kith::accounts
