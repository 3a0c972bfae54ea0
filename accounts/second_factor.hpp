#pragma once
// The second factor of a log-in: codes of an authenticator app (core/crypto/totp.hpp), and recovery codes in their
// place. Begun with a secret for the app, on once a code of it was given; a secret that was never confirmed asks nobody
// for anything. What it changes is in the audit log and told to the owner by mail. Thread-safe and blocking.
//
// Errors: wrong_current_password, wrong_second_factor, second_factor_required, too_many_requests and busy (both with
// retry_after), conflict where it stands otherwise than the caller believes.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/audit.hpp"
#include "accounts/mail/mailer.hpp"
#include "accounts/password_check.hpp"
#include "accounts/user_store.hpp"
#include "core/crypto/totp.hpp"
#include "core/random.hpp"
#include "storage/key_vault.hpp"

namespace kith::accounts {

struct SecondFactorStatus {
  std::size_t recovery_codes_left = 0;
  std::optional<core::Timestamp> confirmed_at;  // nothing: it is off
};

// For the owner's app; shown once.
struct SecondFactorSecret {
  std::string text;  // base32
  std::string uri;   // otpauth://totp/…
};

// Erases the second factor and the recovery codes of `user`; none is fine. Tells nobody.
[[nodiscard]] Expected<void> erase_second_factor(storage::Transaction& transaction, const core::UserId& user);

class SecondFactors {
 public:
  struct Parts {
    storage::Database& database;
    const storage::KeyVault& vault;
    const UserStore& users;
    PasswordCheck& passwords;
    const AuditLog& audit;
    Mailer& mailer;
    const core::Clock& clock;
    core::Random& random;
  };
  explicit SecondFactors(const Parts& parts);

  [[nodiscard]] Expected<SecondFactorStatus> status(const core::UserId& user);
  // A new secret in the place of one not confirmed; conflict when one is. `issuer`: what the app calls this instance.
  [[nodiscard]] Expected<SecondFactorSecret> begin(const core::UserId& user, std::string_view password,
                                                   std::string_view issuer, const Client& client);
  // Turns it on and ends all log-ins but `who`. Answers the recovery codes, which are shown once.
  [[nodiscard]] Expected<std::vector<std::string>> confirm(const Principal& who, std::string_view code,
                                                           const Client& client);
  // Off again; fine when it is off.
  [[nodiscard]] Expected<void> end(const core::UserId& user, std::string_view password, const Client& client);
  // The same for an admin, who knows no password of others; ends all log-ins, for the phone may be in other hands.
  // not_found for an unknown user.
  [[nodiscard]] Expected<void> end_by_admin(const core::UserId& user, const Actor& actor);
  [[nodiscard]] Expected<std::vector<std::string>> new_recovery_codes(const core::UserId& user,
                                                                      std::string_view password, const Client& client);

  // For the log-in of somebody whose password was right: fine without a second factor, else `code` is used up.
  [[nodiscard]] Expected<void> check(storage::Transaction& transaction, const User& user,
                                     std::optional<std::string_view> code, const Client& client);

 private:
  struct Factor {
    core::TotpKey key;
    std::int64_t last_step = 0;
    std::optional<core::Timestamp> confirmed_at;
  };
  [[nodiscard]] Expected<std::optional<Factor>> find(storage::Reader& reader, const core::UserId& user) const;
  [[nodiscard]] Expected<std::vector<std::string>> turn_on(storage::Transaction& transaction, const Principal& who,
                                                           std::string_view code, const Client& client);
  [[nodiscard]] Expected<void> turn_off(storage::Transaction& transaction, const core::UserId& user,
                                        std::string_view change, const Actor& actor);
  [[nodiscard]] Expected<void> take(storage::Transaction& transaction, const User& user, const Factor& factor,
                                    std::string_view code, const Client& client);
  [[nodiscard]] Expected<std::int64_t> new_step(const Factor& factor, std::string_view code) const;
  [[nodiscard]] Expected<void> tell(storage::Transaction& transaction, const core::UserId& user,
                                    std::string_view change) const;

  const Parts parts_;
  Throttle codes_;  // by user: six digits are few
};

}  // namespace kith::accounts
