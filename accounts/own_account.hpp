#pragma once
// What people change about their own account, and its end by their own wish. Thread-safe and blocking.

#include <optional>
#include <string>

#include "accounts/email_changes.hpp"
#include "accounts/mail/mailer.hpp"
#include "accounts/password_check.hpp"
#include "accounts/profile.hpp"
#include "accounts/rate_limit.hpp"
#include "accounts/registry.hpp"

namespace kith::accounts {

// What is absent stays as it is.
struct OwnChange {
  ProfileChange profile;
  std::optional<std::string> email;
  std::optional<std::string> password;
  std::optional<std::string> current_password;  // needed for the two above
};

inline constexpr Rate kEmailChangeRate{.times = 10, .per = std::chrono::hours{1}};  // of one user

class OwnAccount {
 public:
  struct Parts {
    storage::Database& database;
    Registry& registry;
    PasswordCheck& password_check;
    const EmailChanges& email_changes;
    Mailer& mailer;
    const core::Clock& clock;
  };
  explicit OwnAccount(const Parts& parts) : parts_(parts), email_change_rate_(parts.clock, kEmailChangeRate) {}

  // All of it or nothing. A new e-mail address counts once it is proven (accounts/email_changes.hpp). A new password
  // ends all log-ins but the one of `who`, and links, resets and another address asked for before; API tokens stay.
  // bad_request names what is no good; wrong_current_password; too_many_requests; unauthorized when the log-in has
  // ended meanwhile.
  [[nodiscard]] Expected<void> change(const Principal& who, const OwnChange& change, const Client& client);
  // Ends the account (accounts/user_removal.hpp) and mails that it did. wrong_current_password; conflict for the last
  // admin.
  [[nodiscard]] Expected<void> remove(const Principal& who, const std::string& current_password, const Client& client);
  // The same by an admin, who is not asked for the password.
  [[nodiscard]] Expected<void> remove_other(const core::UserId& user, const Actor& admin);

 private:
  [[nodiscard]] Expected<void> check(const Principal& who, const OwnChange& change, const Client& client);
  [[nodiscard]] Expected<void> set_password(storage::Transaction& transaction, const Principal& who, const User& user,
                                            const std::string& hash, const Client& client);
  [[nodiscard]] Expected<void> take_email_change(const core::UserId& user);

  const Parts parts_;
  RateLimit email_change_rate_;  // by user
};

}  // namespace kith::accounts
