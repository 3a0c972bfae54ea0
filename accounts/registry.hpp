#pragma once
// Who has an account, and what an admin may change about it. Needs no key vault, so that `kithd user …` can do all of
// it in a process of its own beside the running daemon: what it changes holds there with the next request. Thread-safe.

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/audit.hpp"
#include "accounts/login_link.hpp"
#include "accounts/password_service.hpp"
#include "accounts/user_removal.hpp"
#include "accounts/user_store.hpp"
#include "config/config.hpp"

namespace kith::accounts {

struct NewLocalUser {
  std::string email;
  std::string_view password;          // borrowed for the call
  std::optional<std::string> handle;  // nothing: made from the e-mail address
  std::string first_name;
  std::string last_name;
  std::optional<std::string> organization;
  Permission permission = Permission::user;
  std::optional<std::string> language = {};  // of mails
};

// What an admin may change about an account; what is absent stays.
struct UserChange {
  std::optional<UserState> state = {};  // active or suspended
  std::optional<Permission> permission = {};
  std::optional<std::uint64_t> quota_bytes = {};
};

class Registry {
 public:
  // `hasher` is for tests; without one it is Argon2id at the configured cost.
  Registry(storage::Database& database, const core::Clock& clock, core::Random& random, const config::Config& config,
           std::unique_ptr<PasswordHasher> hasher = nullptr);

  // bad_request tells what is wrong with which text; conflict when the e-mail address or handle is taken.
  [[nodiscard]] Expected<User> add(const NewLocalUser& user, const Actor& actor);
  // Makes the first admin with the token of a set-up link, which is used up with it.
  [[nodiscard]] Expected<User> add_first_admin(std::string_view link_token, const NewLocalUser& user,
                                               const Client& client);
  // Ends all log-ins, links and API tokens of the user.
  [[nodiscard]] Expected<void> set_password(const core::UserId& user, std::string_view password, const Actor& actor);
  // All of it or nothing. Another permission, and suspending, end all log-ins and links of the user. not_found,
  // conflict for the last admin, and for what makes no sense for people elsewhere.
  [[nodiscard]] Expected<void> change(const core::UserId& user, const UserChange& change, const Actor& actor);
  // One of these alone.
  [[nodiscard]] Expected<void> set_permission(const core::UserId& user, Permission permission, const Actor& actor);
  [[nodiscard]] Expected<void> set_state(const core::UserId& user, UserState state, const Actor& actor);
  [[nodiscard]] Expected<void> set_quota(const core::UserId& user, std::uint64_t quota_bytes, const Actor& actor);
  // Whom "alice@mail.example" (an e-mail address) or "alice" (a handle) means among those who live here.
  [[nodiscard]] Expected<User> find_local(std::string_view email_or_handle) const;
  // False until the first admin was made: then a set-up link is due.
  [[nodiscard]] Expected<bool> has_admin() const;

  std::uint64_t default_quota() const { return default_quota_; }
  // For accounts made from now on.
  void set_default_quota(std::uint64_t bytes) { default_quota_ = bytes; }
  UserStore& users() { return users_; }
  AuditLog& audit() { return audit_; }
  LoginLinks& links() { return links_; }
  PasswordService& passwords() { return passwords_; }
  UserRemoval& removal() { return removal_; }

  // What add() would refuse about the texts and the password, without the work of a hash.
  [[nodiscard]] Expected<void> check(const NewLocalUser& user) const;
  // What add() would write.
  [[nodiscard]] Expected<LocalUserRow> checked_row(const NewLocalUser& user);

 private:
  storage::Database& database_;
  std::atomic<std::uint64_t> default_quota_;
  UserStore users_;
  AuditLog audit_;
  LoginLinks links_;
  PasswordService passwords_;
  UserRemoval removal_;
};

}  // namespace kith::accounts
