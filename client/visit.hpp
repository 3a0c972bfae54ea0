#pragma once
// A link, opened: what it is good for is known, and its password was given where it needs one. One thread.

#include <memory>

#include "client/exchange_server.hpp"

namespace kith::client {

struct Visit {
  ExchangeLink link;
  ExchangeInfo info;
  std::unique_ptr<ExchangeServer> server;
};

struct Key {
  ExchangeLink link;
  std::optional<std::string> password;
};
// `link`: "-" is a line of standard input; so is the password with `password_stdin`, behind it. bad_request for a link
// of the other role.
[[nodiscard]] core::Expected<Key> read_key(const std::string& link, ExchangeLink::Role role, bool password_stdin);

// bad_request where link and server do not agree about encryption.
[[nodiscard]] core::Expected<Visit> open_visit(Http& http, Key key);

}  // namespace kith::client
