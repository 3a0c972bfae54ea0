#pragma once
// Changes of the e-mail address of an account. The new address counts once its owner has opened the link mailed there;
// until then the old one goes on working. The old one is told of both. A new address that is somebody else's looks the
// same to the asker; its owner gets a mail that says so. Thread-safe; everything runs inside the caller's transaction.

#include <optional>
#include <string>
#include <string_view>

#include "accounts/audit.hpp"
#include "accounts/email_proof.hpp"
#include "accounts/mail/mailer.hpp"
#include "accounts/user_store.hpp"
#include "core/crypto/sha256.hpp"

namespace kith::accounts {

class EmailChanges {
 public:
  struct Parts {
    const AuditLog& audit;
    Mailer& mailer;
    const core::Clock& clock;
    core::Random& random;
    std::string web_url;  // what links to the page begin with
  };
  explicit EmailChanges(Parts parts) : parts_(std::move(parts)) {}

  // `user` wants `new_email`; it takes the place of another one wanted before. The address they have already takes a
  // wish back. The caller has asked for the password. bad_request when it is no e-mail address.
  [[nodiscard]] Expected<void> begin(storage::Transaction& transaction, const User& user, std::string_view new_email,
                                     const Client& client) const;
  // The address `user` wants and has not proven.
  [[nodiscard]] static Expected<std::optional<std::string>> prospective(storage::Reader& reader,
                                                                        const core::UserId& user);
  // With the SHA-256 of a mailed token. Nothing is left to undo, whatever comes of it.
  [[nodiscard]] Expected<EmailProof> prove(storage::Transaction& transaction, const core::Digest& token_hash,
                                           const Client& client) const;
  [[nodiscard]] static Expected<void> forget(storage::Transaction& transaction, const core::UserId& user);
  // Forgets those whose link ran out long ago. Called once an hour.
  [[nodiscard]] Expected<void> sweep(storage::Transaction& transaction) const;

 private:
  // Writes the wish down under a fresh token and mails it; without a token when `owner` has the address.
  [[nodiscard]] Expected<void> ask(storage::Transaction& transaction, const User& user, const std::string& email,
                                   const std::optional<User>& owner) const;
  [[nodiscard]] Expected<void> switch_over(storage::Transaction& transaction, const User& user,
                                           const std::string& email, const Client& client) const;

  const Parts parts_;
};

}  // namespace kith::accounts
