#pragma once
// One-time links: one logs a user in, one lets the first admin be made in the browser. The secret is 256 bits, shown
// once, stored as its SHA-256, good for one use until it runs out. Making one needs no key vault: a shell command may
// do it beside the running daemon. Thread-safe.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/audit.hpp"
#include "accounts/user_store.hpp"

namespace kith::accounts {

inline constexpr std::chrono::hours kLongestLinkLife{7 * 24};

struct LoginLink {
  std::string token;  // base64url, 43 characters; goes into the link's fragment
  core::Timestamp expires_at;
};

class LoginLinks {
 public:
  LoginLinks(storage::Database& database, const AuditLog& audit, const core::Clock& clock, core::Random& random);

  // bad_request for a lifetime that is not positive or longer than a week; conflict for users elsewhere and suspended
  // ones.
  [[nodiscard]] Expected<LoginLink> make(const core::UserId& user, std::chrono::seconds lifetime, const Actor& actor);
  // For making the first admin; replaces the one made before. conflict once there is an admin.
  [[nodiscard]] Expected<LoginLink> make_set_up(std::chrono::seconds lifetime);

  // Uses the token up and tells whose it was. unauthorized when unknown, used, run out, or of the other kind.
  [[nodiscard]] Expected<User> redeem(storage::Transaction& transaction, std::string_view token) const;
  [[nodiscard]] Expected<void> redeem_set_up(storage::Transaction& transaction, std::string_view token) const;
  // True while `token` would make the first admin; uses nothing up.
  [[nodiscard]] Expected<bool> is_set_up(std::string_view token) const;

 private:
  [[nodiscard]] Expected<LoginLink> store(storage::Transaction& transaction, const std::optional<core::UserId>& user,
                                          std::chrono::seconds lifetime) const;

  storage::Database& database_;
  const AuditLog& audit_;
  const core::Clock& clock_;
  core::Random& random_;
};

}  // namespace kith::accounts
