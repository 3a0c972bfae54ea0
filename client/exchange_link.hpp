#pragma once
// Links of exchanges: https://host/exchange/d#TOKEN for getting, /exchange/u#TOKEN for giving, and with end-to-end
// encryption .KEY behind the token. What stands behind the # never leaves this computer but for the token, which goes
// into a header. Pure functions.

#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/secret.hpp"

namespace kith::client {

using LinkKey = core::Secret<32, struct LinkKeyTag>;

struct ExchangeLink {
  enum class Role { get, give };
  std::string server;  // scheme, host, port, and the path that /exchange lies under, if any
  Role role = Role::get;
  std::string token;
  std::optional<LinkKey> key;
};

// bad_request, telling what is wrong with it.
[[nodiscard]] core::Expected<ExchangeLink> parse_exchange_link(std::string_view text);
// A server's address as people type it, without what is behind the last `/`; http and https only.
[[nodiscard]] core::Expected<std::string> parse_server(std::string_view text);

}  // namespace kith::client
