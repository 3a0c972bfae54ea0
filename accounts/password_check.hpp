#pragma once
// Whether somebody knows a password, asked so that guessing is slow: by account and by address, whatever the password
// is asked for. Wrong passwords, unknown users and users without a password cost and answer the same. Thread-safe and
// blocking.
//
// Errors: too_many_requests and busy (both with retry_after), and the one the question names.

#include <string_view>

#include "accounts/audit.hpp"
#include "accounts/password_service.hpp"
#include "accounts/throttle.hpp"
#include "accounts/user_store.hpp"
#include "core/log.hpp"

namespace kith::accounts {

// A right password. Its attempt counts as failed until the holder says that it succeeded or was neutral: there may be
// more to prove than the password.
struct RightPassword {
  Credentials credentials;
  Throttle::Attempt attempt;
};

class PasswordCheck {
 public:
  PasswordCheck(UserStore& users, PasswordService& passwords, const AuditLog& audit, const core::Clock& clock,
                core::Logger log);

  // For a log-in: unauthorized for a wrong password, and for whoever is suspended or deleted.
  [[nodiscard]] Expected<RightPassword> log_in(std::string_view email, std::string_view password, const Client& client);
  // For somebody logged in who changes what matters: wrong_current_password unless it is the password of `user`.
  [[nodiscard]] Expected<void> check_current_password(const core::UserId& user, std::string_view password,
                                                      const Client& client);

 private:
  // Nothing when it is not the password.
  [[nodiscard]] Expected<std::optional<RightPassword>> check(std::string_view email, std::string_view password,
                                                             const Client& client);
  [[nodiscard]] Expected<void> note_wrong(const Throttle::Attempt& attempt, const core::UserId& user,
                                          const Client& client);

  UserStore& users_;
  PasswordService& passwords_;
  const AuditLog& audit_;
  core::Logger log_;
  Throttle throttle_;
};

}  // namespace kith::accounts
