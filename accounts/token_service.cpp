#include "accounts/token_service.hpp"

#include <algorithm>

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

core::Error dead_token() {
  return {ErrorCode::unauthorized, "this token is no longer good: log in again", {}, {}};
}

core::Digest token_hash(std::string_view token) {
  return core::sha256(core::as_bytes(token));
}

}  // namespace

TokenService::TokenService(storage::Database& database, UserStore& users, PasswordService& passwords,
                           PasswordCheck& check, SecondFactors& second_factors, TokenSecrets& secrets, AuditLog& audit,
                           const core::Clock& clock, core::Random& random, core::Logger log)
    : database_(database),
      users_(users),
      passwords_(passwords),
      check_(check),
      second_factors_(second_factors),
      secrets_(secrets),
      audit_(audit),
      clock_(clock),
      random_(random),
      log_(std::move(log)) {}

Expected<IssuedToken> TokenService::log_in(std::string_view email, std::string_view password, const Client& client,
                                           std::optional<std::string_view> code) {
  KITH_TRY_ASSIGN(right, check_.log_in(email, password, client));
  auto issued = log_in_with(right.credentials, password, client, code);
  KITH_TRY(settle(right, issued, client));
  return issued;
}

Expected<IssuedToken> TokenService::log_in_with(const Credentials& found, std::string_view password,
                                                const Client& client, std::optional<std::string_view> code) {
  const auto stronger = stronger_hash(found, password);
  return database_.write_for<IssuedToken>([&](storage::Transaction& transaction) -> Expected<IssuedToken> {
    // What was true before the slow hash need not be any more.
    const auto now = UserStore::credentials(transaction, found.user.email);
    if (!now && now.error().code != ErrorCode::not_found) return tl::make_unexpected(now.error());
    if (!now || now->user.id != found.user.id || now->password_hash != found.password_hash ||
        now->user.state != UserState::active)
      return fail(ErrorCode::unauthorized, "this account was changed just now: log in again");
    KITH_TRY(second_factors_.check(transaction, now->user, code, client));
    if (stronger) KITH_TRY(users_.set_password_hash(transaction, now->user.id, *stronger));
    return issue(transaction, now->user, client);
  });
}

Expected<void> TokenService::settle(RightPassword& right, const Expected<IssuedToken>& issued, const Client& client) {
  if (issued) {
    right.attempt.succeeded();
    return {};
  }
  // Guessing codes is as slow as guessing passwords; being asked for one is no failure.
  const auto code = issued.error().code;
  if (code != ErrorCode::wrong_second_factor && code != ErrorCode::too_many_requests) right.attempt.neutral();
  if (code != ErrorCode::wrong_second_factor) return {};
  const auto& user = right.credentials.user.id.text();
  return audit_.write({"", "wrong_second_factor", user, client.address, "the password was right"});
}

std::optional<std::string> TokenService::stronger_hash(const Credentials& found, std::string_view password) {
  if (!found.password_hash || !passwords_.outdated(*found.password_hash)) return std::nullopt;
  auto hash = passwords_.hash(password);
  if (!hash) return std::nullopt;  // too busy: the next log-in does it
  return *std::move(hash);
}

Expected<IssuedToken> TokenService::issue(storage::Transaction& transaction, const User& user, const Client& client) {
  const auto now = clock_.now();
  const LogInRow row{LogInId::make(clock_, random_), now, now, now + kTokenLife};
  KITH_TRY_ASSIGN(token, sign(transaction, user, row));
  KITH_TRY(insert_log_in(transaction, user.id, row, token_hash(token), client));
  KITH_TRY(audit_.write(transaction, {user.id.text(), "log_in", user.id.text(), client.address, ""}));
  return IssuedToken{std::move(token), row.expires_at, user};
}

Expected<std::string> TokenService::sign(storage::Transaction& transaction, const User& user, const LogInRow& row) {
  KITH_TRY_ASSIGN(secret, secrets_.current(transaction));
  const TokenClaims claims{secret.id,          row.id, user.id, user.permission, row.issued_at, row.expires_at,
                           random_.bytes<16>()};
  return write_token(claims, secret.key);
}

Expected<TokenClaims> TokenService::check_token(std::string_view token) {
  const auto read = read_token(token);
  if (!read) return tl::make_unexpected(dead_token());
  KITH_TRY_ASSIGN(secret, secrets_.for_verifying(read->claims.secret));
  const auto now = clock_.now();
  // Issued well after now: the clock was ahead then. Such a token must not live until that day.
  if (!read->mac_holds(secret) || read->claims.expires_at <= now || read->claims.issued_at > now + kTokenLife)
    return tl::make_unexpected(dead_token());
  return read->claims;
}

bool TokenService::is_forged(std::string_view token) {
  const auto read = read_token(token);
  if (!read) return true;
  if (read->claims.expires_at <= clock_.now()) return false;  // what signed it may be forgotten by now
  const auto secret = secrets_.for_verifying(read->claims.secret);
  return secret ? !read->mac_holds(*secret) : secret.error().code == ErrorCode::unauthorized;
}

Expected<LiveLogIn> TokenService::find_live(storage::Reader& reader, std::string_view token,
                                            const TokenClaims& claims) const {
  auto live = find_log_in(reader, token_hash(token));
  if (!live && live.error().code == ErrorCode::not_found) return tl::make_unexpected(dead_token());
  if (!live) return live;
  const bool agrees = live->row.id == claims.log_in && live->user.id == claims.user &&
                      live->user.permission == claims.permission && live->user.state == UserState::active;
  if (!agrees) return tl::make_unexpected(dead_token());
  return live;
}

Expected<Principal> TokenService::verify(std::string_view token) {
  KITH_TRY_ASSIGN(claims, check_token(token));
  return database_.read_for<Principal>([&](storage::Reader& reader) -> Expected<Principal> {
    KITH_TRY_ASSIGN(live, find_live(reader, token, claims));
    return Principal{live.user.id, live.user.handle, live.user.permission, live.row.id, claims.expires_at, {}, {}};
  });
}

Expected<bool> TokenService::is_live(const Principal& principal) {
  return database_.read_for<bool>([&](storage::Reader& reader) -> Expected<bool> {
    const auto live = find_log_in(reader, principal.log_in);
    if (!live && live.error().code == ErrorCode::not_found) return false;
    if (!live) return tl::make_unexpected(live.error());
    return live->row.expires_at > clock_.now() && live->user.id == principal.user &&
           live->user.permission == principal.permission && live->user.state == UserState::active;
  });
}

Expected<IssuedToken> TokenService::renew(std::string_view token, const Client& client) {
  KITH_TRY_ASSIGN(claims, check_token(token));
  return database_.write_for<IssuedToken>([&](storage::Transaction& transaction) -> Expected<IssuedToken> {
    KITH_TRY_ASSIGN(live, find_live(transaction, token, claims));
    const auto now = clock_.now();
    live.row.issued_at = now;
    // No token outlives the thirty days, so none is left to renew after them.
    live.row.expires_at = std::min<core::Timestamp>(now + kTokenLife, live.row.logged_in_at + kLogInLife);
    KITH_TRY_ASSIGN(fresh, sign(transaction, live.user, live.row));
    KITH_TRY(replace_token(transaction, live.row, token_hash(fresh), client));
    return IssuedToken{std::move(fresh), live.row.expires_at, live.user};
  });
}

Expected<void> TokenService::log_out(const Principal& principal, const Client& client) {
  KITH_TRY(database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(end_log_in(transaction, principal.log_in));
    return audit_.write(transaction, {principal.user.text(), "log_out", principal.user.text(), client.address, ""});
  }));
  logged_out_(principal.user);
  return {};
}

Expected<void> TokenService::log_out_everywhere(const core::UserId& user, const Client& client) {
  KITH_TRY(database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(end_all_log_ins(transaction, user));
    return audit_.write(transaction, {user.text(), "log_out_everywhere", user.text(), client.address, ""});
  }));
  logged_out_(user);
  return {};
}

Expected<std::vector<ListedLogIn>> TokenService::list(const core::UserId& user) {
  return database_.read_for<std::vector<ListedLogIn>>(
      [&](storage::Reader& reader) { return list_log_ins(reader, user, clock_.now()); });
}

Expected<std::vector<LogInOfUser>> TokenService::list_all(const std::optional<LogInId>& before, std::size_t limit) {
  return database_.read_for<std::vector<LogInOfUser>>(
      [&](storage::Reader& reader) { return list_all_log_ins(reader, before, limit, clock_.now()); });
}

Expected<void> TokenService::end(const core::UserId& user, const LogInId& log_in, const Client& client) {
  KITH_TRY(database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(end_log_in_of(transaction, user, log_in));
    return audit_.write(transaction, {user.text(), "log_in_ended", log_in.text(), client.address, ""});
  }));
  logged_out_(user);
  return {};
}

}  // namespace kith::accounts
