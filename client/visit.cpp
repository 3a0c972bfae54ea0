#include "client/visit.hpp"

#include "client/secret_input.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

// A server that says "not encrypted" about a link with a key would get the files to read; and what it gives as content
// of such a link could be anybody's.
Expected<void> check_encryption(const ExchangeLink& link, const ExchangeInfo& info) {
  if (link.key && !info.encrypted)
    return core::fail(ErrorCode::bad_request,
                      "This link carries a key, but the server says that nothing in it is encrypted. Don't trust it: "
                      "ask whoever gave you the link.");
  if (!link.key && info.encrypted)
    return core::fail(ErrorCode::bad_request,
                      "These files are encrypted, and the key is missing at the end of the link. Copy the whole link, "
                      "and put it in quotes.");
  return {};
}

Expected<void> check_role(ExchangeLink::Role wanted, ExchangeLink::Role role) {
  if (wanted == role) return {};
  return core::fail(ErrorCode::bad_request, wanted == ExchangeLink::Role::get
                                                ? "This link is for giving files: use `kith exchange put`."
                                                : "This link is for getting files: use `kith exchange get`.");
}

}  // namespace

Expected<Key> read_key(const std::string& link, ExchangeLink::Role role, bool password_stdin) {
  auto text = link;
  if (link == "-") {
    KITH_TRY_ASSIGN(line, read_secret_line("link"));
    text = std::move(line);
  }
  KITH_TRY_ASSIGN(parsed, parse_exchange_link(text));
  KITH_TRY(check_role(role, parsed.role));
  Key key{std::move(parsed), std::nullopt};
  if (password_stdin) {
    KITH_TRY_ASSIGN(line, read_secret_line("password"));
    key.password = std::move(line);
  }
  return key;
}

Expected<Visit> open_visit(Http& http, Key key) {
  auto& link = key.link;
  auto server = std::make_unique<ExchangeServer>(http, link.server, link.token, key.password);
  KITH_TRY_ASSIGN(info, server->info());
  KITH_TRY(check_role(link.role, info.is_upload ? ExchangeLink::Role::give : ExchangeLink::Role::get));
  KITH_TRY(check_encryption(link, info));
  if (info.password_required && !key.password) {
    KITH_TRY_ASSIGN(typed, ask_for_password(http.interruption()));
    server = std::make_unique<ExchangeServer>(http, link.server, link.token, std::move(typed));
    KITH_TRY_ASSIGN(again, server->info());
    KITH_TRY(check_encryption(link, again));
    info = std::move(again);
  }
  return Visit{std::move(link), std::move(info), std::move(server)};
}

}  // namespace kith::client
