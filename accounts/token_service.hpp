#pragma once
// Logging in and staying so: bearer tokens of two hours, renewable for thirty days, ended at any time. A token counts
// only while the table of live log-ins holds its SHA-256, looked up for every request, so that a log-out holds at once,
// also one made by another process. Thread-safe and blocking.
//
// Errors: unauthorized (wrong password, dead token), second_factor_required, wrong_second_factor, too_many_requests and
// busy (both with retry_after).

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/audit.hpp"
#include "accounts/log_ins.hpp"
#include "accounts/password_check.hpp"
#include "accounts/password_service.hpp"
#include "accounts/second_factor.hpp"
#include "accounts/token_secrets.hpp"
#include "accounts/user_store.hpp"

namespace kith::accounts {

struct IssuedToken {
  std::string token;  // shown to its owner only; nowhere stored
  core::Timestamp expires_at;
  User user;
};

class TokenService {
 public:
  TokenService(storage::Database& database, UserStore& users, PasswordService& passwords, PasswordCheck& check,
               SecondFactors& second_factors, TokenSecrets& secrets, AuditLog& audit, const core::Clock& clock,
               core::Random& random, core::Logger log);

  // AuthenticateUser: wrong e-mail address, wrong password and a user who has none all cost and answer the same. Only
  // after the right password is anything said of a second factor; `code` is one of the app or a recovery code.
  [[nodiscard]] Expected<IssuedToken> log_in(std::string_view email, std::string_view password, const Client& client,
                                             std::optional<std::string_view> code = {});
  // Who a token speaks for. One indexed read.
  [[nodiscard]] Expected<Principal> verify(std::string_view token);
  // Whether a token that verify() refused was never made here, rather than having ended or run out.
  bool is_forged(std::string_view token);
  // Whether a log-in found by verify() lives on, with the same permission, whatever its token is by now: for what goes
  // on after the request it began with. One indexed read.
  [[nodiscard]] Expected<bool> is_live(const Principal& principal);
  // A new token in the place of `token`, which ends. Refused 30 days after the log-in.
  [[nodiscard]] Expected<IssuedToken> renew(std::string_view token, const Client& client);
  [[nodiscard]] Expected<void> log_out(const Principal& principal, const Client& client);
  [[nodiscard]] Expected<void> log_out_everywhere(const core::UserId& user, const Client& client);
  // Where somebody is logged in, the one used last first.
  [[nodiscard]] Expected<std::vector<ListedLogIn>> list(const core::UserId& user);
  // Where anybody is, the newest first; only older ones than `before`.
  [[nodiscard]] Expected<std::vector<LogInOfUser>> list_all(const std::optional<LogInId>& before, std::size_t limit);
  // Logs one of a user's log-ins out from elsewhere. not_found unless it is one of theirs.
  [[nodiscard]] Expected<void> end(const core::UserId& user, const LogInId& log_in, const Client& client);
  // For who ended log-ins of `user` beside another change, once that was committed: the listener hears of it.
  void log_ins_ended(const core::UserId& user) const { logged_out_(user); }
  // `listener` hears whose log-ins any of these ended, right after. It must be quick. Set once, before the first.
  void on_log_out(std::function<void(const core::UserId&)> listener) { logged_out_ = std::move(listener); }
  // For who proved to be `user` in another way (a log-in link), inside the transaction that used that up.
  [[nodiscard]] Expected<IssuedToken> issue(storage::Transaction& transaction, const User& user, const Client& client);

 private:
  [[nodiscard]] Expected<TokenClaims> check_token(std::string_view token);
  [[nodiscard]] Expected<IssuedToken> log_in_with(const Credentials& found, std::string_view password,
                                                  const Client& client, std::optional<std::string_view> code);
  // What a log-in with the right password came to, for the throttle and the audit log.
  [[nodiscard]] Expected<void> settle(RightPassword& right, const Expected<IssuedToken>& issued, const Client& client);
  // A stronger hash of the right password, when the stored one has another cost than configured.
  [[nodiscard]] std::optional<std::string> stronger_hash(const Credentials& found, std::string_view password);
  [[nodiscard]] Expected<LiveLogIn> find_live(storage::Reader& reader, std::string_view token,
                                              const TokenClaims& claims) const;
  [[nodiscard]] Expected<std::string> sign(storage::Transaction& transaction, const User& user, const LogInRow& row);

  storage::Database& database_;
  UserStore& users_;
  PasswordService& passwords_;
  PasswordCheck& check_;
  SecondFactors& second_factors_;
  TokenSecrets& secrets_;
  AuditLog& audit_;
  const core::Clock& clock_;
  core::Random& random_;
  core::Logger log_;
  std::function<void(const core::UserId&)> logged_out_ = [](const core::UserId&) {};
};

}  // namespace kith::accounts
