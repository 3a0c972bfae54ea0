#pragma once
// Who asked for an account and has yet to prove the e-mail address. Until then there is no user: nobody can log in, and
// the address is anybody's to register again, which takes the place of the earlier try. An address that is somebody's
// already is written down the same way and answered the same, but no token will ever prove it; its owner gets a mail.
// Thread-safe and blocking.

#include <string>
#include <string_view>

#include "accounts/email_proof.hpp"
#include "accounts/mail/mailer.hpp"
#include "accounts/registration_tokens.hpp"
#include "accounts/registry.hpp"

namespace kith::accounts {

inline constexpr std::int64_t kMostRegistrations = 100'000;  // waiting to be proven

class Registrations {
 public:
  struct Parts {
    storage::Database& database;
    Registry& registry;
    const RegistrationTokens& tokens;
    Mailer& mailer;
    const core::Clock& clock;
    core::Random& random;
    std::string web_url;  // what links to the page begin with
  };
  explicit Registrations(Parts parts) : parts_(std::move(parts)) {}

  // Writes `wanted` down and mails a link, using the registration token up: the user there will be, without permission
  // yet. A handle not asked for may get a number once the address is proven. unauthorized without a good token;
  // bad_request, weak_password; conflict when the handle asked for is taken; busy.
  [[nodiscard]] Expected<User> begin(std::string_view registration_token, const NewLocalUser& wanted,
                                     const Client& client);
  // With the SHA-256 of a mailed token: makes the user.
  [[nodiscard]] Expected<EmailProof> prove(storage::Transaction& transaction, const core::Digest& token_hash,
                                           const Client& client) const;
  // Forgets those whose link ran out long ago. Called once an hour.
  [[nodiscard]] Expected<void> sweep(storage::Transaction& transaction) const;

 private:
  [[nodiscard]] Expected<User> write_down(storage::Transaction& transaction, const LocalUserRow& row) const;
  [[nodiscard]] Expected<void> require_room(storage::Transaction& transaction) const;
  // Mails the link, or tells the owner of a taken address.
  [[nodiscard]] Expected<void> tell(storage::Transaction& transaction, const LocalUserRow& row, std::string_view token,
                                    const std::optional<User>& owner) const;
  [[nodiscard]] Expected<void> renew(storage::Transaction& transaction, const LocalUserRow& row) const;

  const Parts parts_;
};

}  // namespace kith::accounts
