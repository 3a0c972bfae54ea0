#include "accounts/password_check.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

core::Error wrong_credentials() {
  return {ErrorCode::unauthorized,
          "wrong e-mail address or password, or the address was not verified yet (look for our mail)",
          {},
          {}};
}

}  // namespace

PasswordCheck::PasswordCheck(UserStore& users, PasswordService& passwords, const AuditLog& audit,
                             const core::Clock& clock, core::Logger log)
    : users_(users), passwords_(passwords), audit_(audit), log_(std::move(log)), throttle_(clock) {}

Expected<RightPassword> PasswordCheck::log_in(std::string_view email, std::string_view password, const Client& client) {
  KITH_TRY_ASSIGN(right, check(email, password, client));
  if (!right || right->credentials.user.state == UserState::deleted) return tl::make_unexpected(wrong_credentials());
  if (right->credentials.user.state != UserState::active) {
    right->attempt.neutral();
    return fail(ErrorCode::unauthorized, "this account is suspended: ask the admin of this instance");
  }
  return *std::move(right);
}

Expected<void> PasswordCheck::check_current_password(const core::UserId& user, std::string_view password,
                                                     const Client& client) {
  KITH_TRY_ASSIGN(found, users_.by_id(user));
  KITH_TRY_ASSIGN(right, check(found.email, password, client));
  if (!right || right->credentials.user.id != user)
    return fail(ErrorCode::wrong_current_password, "this is not your current password");
  right->attempt.succeeded();
  return {};
}

Expected<std::optional<RightPassword>> PasswordCheck::check(std::string_view email, std::string_view password,
                                                            const Client& client) {
  KITH_TRY_ASSIGN(attempt, throttle_.begin(email, client.address));
  auto found = users_.credentials(email);
  if (!found && found.error().code != ErrorCode::not_found) {
    attempt.neutral();
    return tl::make_unexpected(found.error());
  }
  const auto right = passwords_.verify(password, found ? found->password_hash : std::nullopt);
  if (!right) {
    attempt.neutral();
    return tl::make_unexpected(right.error());
  }
  if (found && *right) return RightPassword{*std::move(found), std::move(attempt)};
  KITH_TRY(note_wrong(attempt, found ? found->user.id : core::UserId(), client));
  return std::nullopt;
}

Expected<void> PasswordCheck::note_wrong(const Throttle::Attempt& attempt, const core::UserId& user,
                                         const Client& client) {
  if (!attempt.starts_wait()) return {};
  log_.warning("log-in throttled", {{"client", client.address}});
  // Not the address as typed: people type passwords into the wrong field.
  return audit_.write({"", "log_in_throttled", user.text(), client.address, ""});
}

}  // namespace kith::accounts
