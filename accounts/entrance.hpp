#pragma once
// What people do who are not logged in: registering, proving an e-mail address, getting back in with a new password.
// Made once by Accounts; what it is made from must outlive it. Thread-safe and blocking.
//
// All of it is bounded by address (accounts/rate_limit.hpp): too_many_requests with retry_after.

#include <optional>
#include <string>
#include <string_view>

#include "accounts/challenge.hpp"
#include "accounts/email_changes.hpp"
#include "accounts/password_resets.hpp"
#include "accounts/rate_limit.hpp"
#include "accounts/registrations.hpp"

namespace kith::accounts {

class Entrance {
 public:
  Entrance(storage::Database& database, Registry& registry, Mailer& mailer, const core::Clock& clock,
           core::Random& random, const config::Config& config, const core::Logger& log);

  [[nodiscard]] Expected<Challenge> challenge(const Client& client);
  // For a solved challenge, with the token of an invite where one is needed. challenge_failed, registration_closed,
  // busy.
  [[nodiscard]] Expected<RegistrationToken> registration_token(std::string_view solution,
                                                               const std::optional<std::string>& invite,
                                                               const Client& client);
  // Registrations::begin(), for 20 from one address an hour.
  [[nodiscard]] Expected<User> begin_registration(std::string_view registration_token, const NewLocalUser& wanted,
                                                  const Client& client);
  // With the token of a mail, of a registration or of a new address. unauthorized for one that is not good; gone when
  // it had run out, and then a fresh one was mailed; conflict when somebody else has got the address meanwhile.
  [[nodiscard]] Expected<void> verify_email(std::string_view token, const Client& client);
  // PasswordResets::ask(), 20 times from one address an hour.
  [[nodiscard]] Expected<void> ask_for_reset(std::string_view email, const Client& client);
  // PasswordResets::redeem().
  [[nodiscard]] Expected<core::UserId> reset_password(std::string_view token, std::string_view password,
                                                      const Client& client);

  // Who may register; and how from now on, with how much work.
  RegistrationMode who_may_register() const { return tokens_.mode(); }
  void take_up(const config::Accounts& settings);

  // Mails what was asked for just now. Called once a second.
  void work() { resets_.work(); }
  // Forgets what ran out long ago. Called once an hour.
  [[nodiscard]] Expected<void> sweep();

  EmailChanges& email_changes() { return email_changes_; }
  RegistrationInvites& invites() { return invites_; }

 private:
  storage::Database& database_;
  RateLimit challenge_rate_, request_rate_, registration_rate_, reset_rate_;
  Challenges challenges_;
  RegistrationInvites invites_;
  RegistrationTokens tokens_;
  Registry& registry_;
  Registrations registrations_;
  EmailChanges email_changes_;
  PasswordResets resets_;
};

}  // namespace kith::accounts
