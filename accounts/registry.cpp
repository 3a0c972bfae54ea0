#include "accounts/registry.hpp"

#include "accounts/log_ins.hpp"
#include "accounts/profile.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

core::PasswordCost configured_cost(const config::Accounts& config) {
  return {static_cast<std::uint64_t>(config.argon2_passes), static_cast<std::size_t>(config.argon2_memory_mib) << 20};
}

std::unique_ptr<PasswordHasher> hasher_or_argon2id(std::unique_ptr<PasswordHasher> hasher, const config::Config& config,
                                                   core::Random& random) {
  if (hasher) return hasher;
  return std::make_unique<Argon2idHasher>(configured_cost(config.accounts), random);
}

// A log-in, and a link that could become one, must not outlive what they were given for.
Expected<void> end_access(storage::Transaction& transaction, const core::UserId& user) {
  KITH_TRY(end_all_log_ins(transaction, user));
  KITH_TRY(transaction.execute("DELETE FROM login_links WHERE user_id = ?", {user.text()}));
  KITH_TRY(transaction.execute("DELETE FROM password_resets WHERE user_id = ?", {user.text()}));
  return {};
}

}  // namespace

Registry::Registry(storage::Database& database, const core::Clock& clock, core::Random& random,
                   const config::Config& config, std::unique_ptr<PasswordHasher> hasher)
    : database_(database),
      default_quota_(config.accounts.default_quota_bytes),
      users_(database, clock, random),
      audit_(database, clock),
      links_(database, audit_, clock, random),
      passwords_(hasher_or_argon2id(std::move(hasher), config, random),
                 PasswordLimits::for_workers(config.limits.worker_threads),
                 {config.instance.name, config.instance.domain}),
      removal_(database, audit_, clock) {}

Expected<void> Registry::check(const NewLocalUser& user) const {
  KITH_TRY(check_name("first_name", user.first_name));
  KITH_TRY(check_name("last_name", user.last_name));
  if (user.organization) KITH_TRY(check_name("organization", *user.organization));
  if (user.language) KITH_TRY(check_language(*user.language));
  KITH_TRY(UserStore::check_names(user.email, user.handle));
  return passwords_.check(user.password, {user.email, user.handle.value_or(""), user.first_name, user.last_name});
}

Expected<LocalUserRow> Registry::checked_row(const NewLocalUser& user) {
  KITH_TRY(check(user));
  KITH_TRY_ASSIGN(hash, passwords_.hash(user.password));
  LocalUserRow row;
  row.email = user.email;
  row.handle = user.handle;
  row.password_hash = std::move(hash);
  row.first_name = user.first_name;
  row.last_name = user.last_name;
  row.organization = user.organization;
  row.permission = user.permission;
  row.quota_bytes = default_quota_;
  row.language = user.language;
  return row;
}

Expected<User> Registry::add(const NewLocalUser& user, const Actor& actor) {
  KITH_TRY_ASSIGN(row, checked_row(user));
  return database_.write_for<User>([&](storage::Transaction& transaction) -> Expected<User> {
    KITH_TRY_ASSIGN(added, users_.add_local(transaction, row));
    KITH_TRY(audit_.write(transaction, {actor.name, "user_added", added.id.text(), actor.address,
                                        "permission " + std::string(permission_name(added.permission))}));
    return added;
  });
}

Expected<User> Registry::add_first_admin(std::string_view link_token, const NewLocalUser& user, const Client& client) {
  // Nobody without a link gets us to hash.
  KITH_TRY_ASSIGN(good, links_.is_set_up(link_token));
  if (!good) return fail(ErrorCode::unauthorized, "this set-up link was used or has run out: restart for a new one");
  KITH_TRY_ASSIGN(row, checked_row(user));
  row.permission = Permission::admin;
  return database_.write_for<User>([&](storage::Transaction& transaction) -> Expected<User> {
    KITH_TRY(links_.redeem_set_up(transaction, link_token));
    KITH_TRY_ASSIGN(set_up, UserStore::has_active_admin(transaction));
    if (set_up) return fail(ErrorCode::conflict, "there is an admin already: log in");
    KITH_TRY_ASSIGN(added, users_.add_local(transaction, row));
    KITH_TRY(
        audit_.write(transaction, {"", "first_admin_added", added.id.text(), client.address, "by the set-up link"}));
    return added;
  });
}

Expected<void> Registry::set_password(const core::UserId& user, std::string_view password, const Actor& actor) {
  KITH_TRY_ASSIGN(found, users_.by_id(user));
  KITH_TRY_ASSIGN(hash, passwords_.hash(password, {found.email, found.handle}));
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(users_.set_password_hash(transaction, user, hash));
    KITH_TRY(end_access(transaction, user));
    KITH_TRY(transaction.execute("DELETE FROM api_tokens WHERE user_id = ?", {user.text()}));
    // Whoever knew the old password may have wished for it.
    KITH_TRY(transaction.execute("DELETE FROM email_changes WHERE user_id = ?", {user.text()}));
    return audit_.write(transaction, {actor.name, "password_set", user.text(), actor.address, ""});
  });
}

Expected<void> Registry::change(const core::UserId& user, const UserChange& change, const Actor& actor) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    const auto note = [&](std::string_view action, std::string detail) {
      return audit_.write(transaction,
                          {actor.name, std::string(action), user.text(), actor.address, std::move(detail)});
    };
    KITH_TRY_ASSIGN(before, UserStore::by_id(transaction, user));
    if (change.permission && *change.permission != before.permission) {
      KITH_TRY(users_.set_permission(transaction, user, *change.permission));
      KITH_TRY(end_access(transaction, user));
      KITH_TRY(note("permission_set", std::string(permission_name(*change.permission))));
    }
    if (change.state && *change.state != before.state) {
      KITH_TRY(users_.set_state(transaction, user, *change.state));
      if (*change.state != UserState::active) KITH_TRY(end_access(transaction, user));
      KITH_TRY(note("state_set", std::string(user_state_name(*change.state))));
    }
    if (change.quota_bytes && *change.quota_bytes != before.quota_bytes) {
      KITH_TRY(users_.set_quota(transaction, user, *change.quota_bytes));
      KITH_TRY(note("quota_set", std::to_string(*change.quota_bytes) + " bytes"));
    }
    return {};
  });
}

Expected<void> Registry::set_permission(const core::UserId& user, Permission permission, const Actor& actor) {
  return change(user, {.permission = permission}, actor);
}

Expected<void> Registry::set_state(const core::UserId& user, UserState state, const Actor& actor) {
  return change(user, {.state = state}, actor);
}

Expected<void> Registry::set_quota(const core::UserId& user, std::uint64_t quota_bytes, const Actor& actor) {
  return change(user, {.quota_bytes = quota_bytes}, actor);
}

Expected<User> Registry::find_local(std::string_view email_or_handle) const {
  if (email_or_handle.find('@') != std::string_view::npos) return users_.by_email(email_or_handle);
  return users_.by_address(email_or_handle);
}

Expected<bool> Registry::has_admin() const {
  return database_.read_for<bool>([](storage::Reader& reader) { return UserStore::has_active_admin(reader); });
}

}  // namespace kith::accounts
