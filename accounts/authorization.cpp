#include "accounts/authorization.hpp"

#include "core/encoding.hpp"

namespace kith::accounts {
namespace {

// What follows "`scheme` "; schemes compare without case (RFC 9110, section 11.1), one or more spaces come after.
std::optional<std::string_view> after_scheme(std::string_view authorization, std::string_view scheme) {
  if (authorization.size() > kMaxAuthorization || authorization.size() <= scheme.size()) return std::nullopt;
  if (!core::equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) return std::nullopt;
  if (authorization[scheme.size()] != ' ') return std::nullopt;
  const auto begin = authorization.find_first_not_of(' ', scheme.size());
  if (begin == std::string_view::npos) return std::nullopt;
  return authorization.substr(begin);
}

}  // namespace

std::optional<BasicCredentials> parse_basic(std::string_view authorization) {
  const auto encoded = after_scheme(authorization, "Basic");
  if (!encoded) return std::nullopt;
  const auto bytes = core::from_base64(*encoded);
  if (!bytes) return std::nullopt;
  const auto text = core::as_text(*bytes);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || !core::is_valid_utf8(text)) return std::nullopt;
  return BasicCredentials{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

std::optional<std::string_view> parse_bearer(std::string_view authorization) {
  return after_scheme(authorization, "Bearer");
}

}  // namespace kith::accounts
