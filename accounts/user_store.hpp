#pragma once
// The users table. Thread-safe. Functions that take a Reader or Transaction run inside the caller's; the others open
// their own. No such user is not_found; a taken e-mail address or handle is conflict. Nothing here finds a deleted user
// (accounts/user_removal.hpp), whose e-mail address and handle count as taken all the same.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/profile.hpp"
#include "accounts/user.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/random.hpp"
#include "storage/database.hpp"

namespace kith::accounts {

using core::Expected;

// A row to add. Texts are checked; the password is already hashed.
struct LocalUserRow {
  std::string email;
  std::optional<std::string> handle;  // nothing: one made from the e-mail address
  std::string password_hash;
  std::string first_name;
  std::string last_name;
  std::optional<std::string> organization;
  Permission permission = Permission::user;
  std::uint64_t quota_bytes = 0;
  std::optional<std::string> language;
  std::optional<core::UserId> id;  // the one a registration was told; nothing: a new one
};

// What admins see of an account beside the account itself.
struct UserSigns {
  bool second_factor = false;
  std::optional<core::Timestamp> last_seen_at;  // the latest log-in or renewal; stays after the log-in has ended
};

struct UserQuery {
  std::optional<core::UserId> after;  // the cursor: the last id of the page before
  std::size_t limit = 50;             // 1 to 500
  std::optional<bool> is_local;
};

struct UserPage {
  std::vector<User> items;           // in the order they came to be
  std::optional<core::UserId> next;  // cursor of the next page; nothing at the end
};

// What log-in needs to know.
struct Credentials {
  User user;
  std::optional<std::string> password_hash;
};

class UserStore {
 public:
  UserStore(storage::Database& database, const core::Clock& clock, core::Random& random);

  [[nodiscard]] Expected<User> by_id(const core::UserId& id) const;
  [[nodiscard]] Expected<User> by_email(std::string_view email) const;  // in any case of letters
  // Somebody here by handle; with a domain, somebody elsewhere. The own domain is not known here: pass nothing for it.
  [[nodiscard]] Expected<User> by_address(std::string_view handle, const std::optional<std::string>& domain = {}) const;
  [[nodiscard]] Expected<UserSigns> signs(const core::UserId& id) const;
  [[nodiscard]] Expected<Credentials> credentials(std::string_view email) const;
  [[nodiscard]] Expected<UserPage> list(const UserQuery& query) const;

  [[nodiscard]] static Expected<User> by_id(storage::Reader& reader, const core::UserId& id);
  [[nodiscard]] static Expected<User> by_address(storage::Reader& reader, std::string_view handle,
                                                 const std::optional<std::string>& domain);
  [[nodiscard]] static Expected<Credentials> credentials(storage::Reader& reader, std::string_view email);
  // bad_request tells what is wrong with an e-mail address or a chosen handle.
  [[nodiscard]] static Expected<void> check_names(std::string_view email, const std::optional<std::string>& handle);
  [[nodiscard]] static Expected<UserSigns> signs(storage::Reader& reader, const core::UserId& id);
  // Also by somebody who was deleted lately, or has yet to prove the address of a registration.
  [[nodiscard]] static Expected<bool> is_handle_taken(storage::Reader& reader, std::string_view handle);
  // True once somebody here may administer.
  [[nodiscard]] static Expected<bool> has_active_admin(storage::Reader& reader);
  // For after a change to `before`: conflict when nobody would be left to administer.
  [[nodiscard]] static Expected<void> keep_an_admin(storage::Reader& reader, const User& before);

  [[nodiscard]] Expected<User> add_local(storage::Transaction& transaction, const LocalUserRow& row) const;
  // The row of `handle@domain`, made if there is none. Idempotent; a suspended one stays suspended.
  [[nodiscard]] Expected<User> ensure_remote(storage::Transaction& transaction, std::string_view handle,
                                             std::string_view domain) const;

  // Each fails with not_found for an unknown id, and with conflict where the user lives elsewhere and it makes no
  // sense.
  [[nodiscard]] Expected<void> set_password_hash(storage::Transaction& transaction, const core::UserId& id,
                                                 std::string_view hash) const;
  // conflict when it would leave nobody to administer; the same holds for suspending.
  [[nodiscard]] Expected<void> set_permission(storage::Transaction& transaction, const core::UserId& id,
                                              Permission permission) const;
  [[nodiscard]] Expected<void> set_state(storage::Transaction& transaction, const core::UserId& id,
                                         UserState state) const;
  [[nodiscard]] Expected<void> set_quota(storage::Transaction& transaction, const core::UserId& id,
                                         std::uint64_t quota_bytes) const;
  // To an address that its owner has proven.
  [[nodiscard]] Expected<void> set_email(storage::Transaction& transaction, const core::UserId& id,
                                         std::string_view email) const;
  // `change` is checked already.
  [[nodiscard]] Expected<void> set_profile(storage::Transaction& transaction, const core::UserId& id,
                                           const ProfileChange& change) const;

 private:
  [[nodiscard]] Expected<std::string> free_handle(storage::Transaction& transaction, std::string_view email) const;

  storage::Database& database_;
  const core::Clock& clock_;
  core::Random& random_;
};

}  // namespace kith::accounts
