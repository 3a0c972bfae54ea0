#pragma once
// The end of an account. Removing marks the row, wipes what it says about somebody and ends every way in, all in one
// transaction; from then on nobody finds the user. What they kept and shared is erased by the daemon afterwards, as
// often as it takes (daemon/app/user_removal.hpp). The row itself, and with it e-mail address and handle, goes after
// kAddressKept, so that nobody else can pass for them at once. Needs no key vault. Thread-safe.

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "accounts/audit.hpp"
#include "accounts/user.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "storage/database.hpp"

namespace kith::accounts {

using core::Expected;

inline constexpr std::chrono::hours kAddressKept{30 * 24};

class UserRemoval {
 public:
  UserRemoval(storage::Database& database, const AuditLog& audit, const core::Clock& clock)
      : database_(database), audit_(audit), clock_(clock) {}

  // The user as they were, to tell them. not_found for somebody unknown or deleted already; conflict for people
  // elsewhere and for the last admin.
  [[nodiscard]] Expected<User> remove(storage::Transaction& transaction, const core::UserId& id,
                                      const Actor& actor) const;
  [[nodiscard]] Expected<User> remove(const core::UserId& id, const Actor& actor) const;

  // Those who were removed and whose row is there still, in the order of ids, `after` one of them.
  [[nodiscard]] Expected<std::vector<core::UserId>> removed(const std::optional<core::UserId>& after,
                                                            std::size_t limit) const;
  // Erases the row once it was kept for long enough, else does nothing. Nothing of theirs may be left: conflict.
  // True if the row is gone by this.
  [[nodiscard]] Expected<bool> erase(const core::UserId& id) const;

 private:
  storage::Database& database_;
  const AuditLog& audit_;
  const core::Clock& clock_;
};

}  // namespace kith::accounts
