#include "daemon/api/exchange_door.hpp"

#include "accounts/authorization.hpp"
#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::size_t kMaxPassword = 1024;  // bytes, decoded

accounts::ThrottleLimits stranger_limits() {
  accounts::ThrottleLimits limits;
  limits.free_failures = 20;
  return limits;
}

}  // namespace

ExchangeDoor::ExchangeDoor(assets::Exchanges& exchanges, const core::Clock& clock)
    : exchanges_(exchanges), clock_(clock), strangers_(stranger_limits()) {}

Expected<assets::ExchangeVisit> ExchangeDoor::visit(const Request& request) {
  KITH_TRY_ASSIGN(password, exchange_password_in(request.headers));
  const auto token = assets::parse_exchange_token(exchange_token_in(request.headers).value_or(""));
  if (!token) return tl::make_unexpected(refuse_stranger(request));
  auto visit = exchanges_.visit(*token, password, request.client);
  if (!visit && visit.error().code == ErrorCode::unauthorized) return tl::make_unexpected(refuse_stranger(request));
  return visit;
}

core::Error ExchangeDoor::refuse_stranger(const Request& request) {
  const auto key = accounts::throttle_address_key(request.client);
  const auto now = clock_.steady();
  std::lock_guard lock(mutex_);
  const auto wait = strangers_.wait_left(key, now);
  if (wait.count() > 0) {
    return {ErrorCode::too_many_requests, "Too many unknown links: wait a little, then try again.",
            std::chrono::ceil<std::chrono::seconds>(wait), std::nullopt};
  }
  strangers_.count(key, now);
  return {ErrorCode::unauthorized, "This link is not known here: was all of it copied?", {}, {}};
}

std::optional<std::string_view> exchange_token_in(const Headers& headers) {
  if (headers.count("Authorization") != 1) return std::nullopt;
  return accounts::parse_bearer(*headers.get("Authorization"));
}

Expected<std::optional<std::string>> exchange_password_in(const Headers& headers) {
  const auto field = headers.get("X-Kith-Password");
  if (!field || field->empty()) return std::nullopt;
  auto password = core::percent_decode(*field);
  if (headers.count("X-Kith-Password") > 1 || !password || !core::is_valid_utf8(*password)) {
    return fail(ErrorCode::bad_request, "X-Kith-Password holds one password: UTF-8, percent-encoded.");
  }
  if (password->size() > kMaxPassword) return fail(ErrorCode::bad_request, "The password is too long.");
  return password;
}

}  // namespace kith::daemon
