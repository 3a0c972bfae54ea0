#include "accounts/user_store.hpp"

#include <algorithm>
#include <limits>

#include "accounts/handle.hpp"
#include "accounts/user_row.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

constexpr unsigned kHandleAttempts = 1000;

core::Error damaged_row() {
  return {ErrorCode::internal, "a row of the users table is damaged", {}, {}};
}

// The one row of a query on `users AS u`, or not_found.
Expected<User> one_user(storage::Reader& reader, std::string_view sql, std::initializer_list<storage::Value> values) {
  std::optional<User> user;
  bool damaged = false;
  KITH_TRY(reader.query(sql, values, [&](const storage::Row& row) {
    user = user_from_row(row);
    damaged = !user;
    return false;
  }));
  if (damaged) return tl::make_unexpected(damaged_row());
  if (!user) return fail(ErrorCode::not_found, "no such user");
  return *std::move(user);
}

Expected<bool> exists(storage::Reader& reader, std::string_view sql, std::initializer_list<storage::Value> values) {
  bool found = false;
  KITH_TRY(reader.query(sql, values, [&](const storage::Row&) {
    found = true;
    return false;
  }));
  return found;
}

Expected<void> check_quota(std::uint64_t quota_bytes) {
  if (quota_bytes > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return fail(ErrorCode::bad_request, "this quota is too large: at most 2^63 - 1 bytes");
  return {};
}

// Fails unless the user is there and lives here.
Expected<User> local_user(storage::Reader& reader, const core::UserId& id) {
  KITH_TRY_ASSIGN(user, UserStore::by_id(reader, id));
  if (!user.is_local) return fail(ErrorCode::conflict, "this user lives on another instance: change it there");
  return user;
}

}  // namespace

UserStore::UserStore(storage::Database& database, const core::Clock& clock, core::Random& random)
    : database_(database), clock_(clock), random_(random) {}

Expected<User> UserStore::by_id(storage::Reader& reader, const core::UserId& id) {
  return one_user(reader, "SELECT " KITH_USER_COLUMNS " FROM users AS u WHERE u.id = ? AND u.deleted_at IS NULL",
                  {id.text()});
}

Expected<User> UserStore::by_address(storage::Reader& reader, std::string_view handle,
                                     const std::optional<std::string>& domain) {
  if (domain)
    return one_user(reader, "SELECT " KITH_USER_COLUMNS " FROM users AS u WHERE u.domain = ? AND u.handle = ?",
                    {*domain, handle});
  return one_user(reader,
                  "SELECT " KITH_USER_COLUMNS
                  " FROM users AS u WHERE u.handle = ? AND u.domain IS NULL AND u.deleted_at IS NULL",
                  {handle});
}

Expected<UserSigns> UserStore::signs(storage::Reader& reader, const core::UserId& id) {
  UserSigns signs;
  KITH_TRY(
      reader.query("SELECT last_seen_at, EXISTS (SELECT 1 FROM second_factors AS f WHERE f.user_id = users.id AND "
                   "f.confirmed_at IS NOT NULL) FROM users WHERE id = ?",
                   {id.text()}, [&](const storage::Row& row) {
                     signs = {row.boolean(1), row.optional_time(0)};
                     return false;
                   }));
  return signs;
}

Expected<bool> UserStore::is_handle_taken(storage::Reader& reader, std::string_view handle) {
  return exists(reader,
                "SELECT 1 FROM users WHERE handle = ?1 AND domain IS NULL "
                "UNION ALL SELECT 1 FROM registrations WHERE handle = ?1",
                {handle});
}

Expected<bool> UserStore::has_active_admin(storage::Reader& reader) {
  return exists(reader, "SELECT 1 FROM users WHERE permission = 'admin' AND state = 'active' AND deleted_at IS NULL",
                {});
}

Expected<void> UserStore::keep_an_admin(storage::Reader& reader, const User& before) {
  if (before.permission != Permission::admin || before.state != UserState::active) return {};
  KITH_TRY_ASSIGN(left, has_active_admin(reader));
  if (!left) return fail(ErrorCode::conflict, "this is the last admin: make somebody else an admin first");
  return {};
}

Expected<User> UserStore::by_id(const core::UserId& id) const {
  return database_.read_for<User>([&](storage::Reader& reader) { return by_id(reader, id); });
}

Expected<User> UserStore::by_email(std::string_view email) const {
  return database_.read_for<User>([&](storage::Reader& reader) {
    return one_user(reader, "SELECT " KITH_USER_COLUMNS " FROM users AS u WHERE u.email = ? AND u.deleted_at IS NULL",
                    {email});
  });
}

Expected<User> UserStore::by_address(std::string_view handle, const std::optional<std::string>& domain) const {
  return database_.read_for<User>([&](storage::Reader& reader) { return by_address(reader, handle, domain); });
}

Expected<UserSigns> UserStore::signs(const core::UserId& id) const {
  return database_.read_for<UserSigns>([&](storage::Reader& reader) { return signs(reader, id); });
}

Expected<Credentials> UserStore::credentials(storage::Reader& reader, std::string_view email) {
  std::optional<Credentials> found;
  KITH_TRY(reader.query("SELECT " KITH_USER_COLUMNS
                        ", u.password_hash FROM users AS u WHERE u.email = ? AND u.deleted_at IS NULL",
                        {email}, [&](const storage::Row& row) {
                          if (auto user = user_from_row(row))
                            found = Credentials{*std::move(user), row.optional_text(kUserColumnCount)};
                          return false;
                        }));
  if (!found) return fail(ErrorCode::not_found, "no such user");
  return *std::move(found);
}

Expected<Credentials> UserStore::credentials(std::string_view email) const {
  return database_.read_for<Credentials>([&](storage::Reader& reader) { return credentials(reader, email); });
}

Expected<void> UserStore::check_names(std::string_view email, const std::optional<std::string>& handle) {
  if (!is_email(email)) return fail(ErrorCode::bad_request, "this is not an e-mail address: like alice@mail.example");
  if (handle && !is_handle(*handle))
    return fail(ErrorCode::bad_request, "a handle has 3 to 32 characters of a-z, 0-9, '.', '_' and '-'");
  return {};
}

Expected<UserPage> UserStore::list(const UserQuery& query) const {
  const auto limit = std::clamp<std::size_t>(query.limit, 1, 500);
  const std::string after = query.after ? query.after->text() : std::string();
  UserPage page;
  bool damaged = false;
  const auto take = [&](const storage::Row& row) {
    if (page.items.size() == limit) {
      page.next = page.items.back().id;
      return false;
    }
    auto user = user_from_row(row);
    damaged = !user;
    if (user) page.items.push_back(*std::move(user));
    return !damaged;
  };
  KITH_TRY(database_.read([&](storage::Reader& reader) {
    return reader.query("SELECT " KITH_USER_COLUMNS
                        " FROM users AS u WHERE u.id > ? AND (? IS NULL OR u.is_local = ?) AND u.deleted_at IS NULL "
                        "ORDER BY u.id LIMIT ?",
                        {after, query.is_local, query.is_local, static_cast<std::int64_t>(limit + 1)}, take);
  }));
  if (damaged) return tl::make_unexpected(damaged_row());
  return page;
}

Expected<std::string> UserStore::free_handle(storage::Transaction& transaction, std::string_view email) const {
  const auto base = suggest_handle(email);
  for (unsigned attempt = 1; attempt <= kHandleAttempts; ++attempt) {
    auto handle = numbered_handle(base, attempt);
    KITH_TRY_ASSIGN(taken, is_handle_taken(transaction, handle));
    if (!taken) return handle;
  }
  return "user-" + core::make_ulid(clock_, random_);
}

Expected<User> UserStore::add_local(storage::Transaction& transaction, const LocalUserRow& row) const {
  KITH_TRY(check_names(row.email, row.handle));
  KITH_TRY(check_quota(row.quota_bytes));
  KITH_TRY_ASSIGN(email_taken, exists(transaction, "SELECT 1 FROM users WHERE email = ?", {row.email}));
  if (email_taken) return fail(ErrorCode::conflict, "somebody here has this e-mail address already");
  std::string handle;
  if (row.handle) {
    KITH_TRY_ASSIGN(handle_taken, is_handle_taken(transaction, *row.handle));
    if (handle_taken) return fail(ErrorCode::conflict, "somebody here has this handle already: choose another");
    handle = *row.handle;
  } else {
    KITH_TRY_ASSIGN(made, free_handle(transaction, row.email));
    handle = std::move(made);
  }
  const auto id = row.id ? *row.id : core::UserId::make(clock_, random_);
  const auto now = clock_.now();
  KITH_TRY(transaction.execute(
      "INSERT INTO users (id, handle, is_local, email, password_hash, first_name, last_name, "
      "organization, language, permission, state, quota_bytes, created_at, updated_at) "
      "VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?, ?)",
      {id.text(), handle, row.email, row.password_hash, row.first_name, row.last_name, row.organization, row.language,
       permission_name(row.permission), row.quota_bytes, now, now}));
  return by_id(transaction, id);
}

Expected<User> UserStore::ensure_remote(storage::Transaction& transaction, std::string_view handle,
                                        std::string_view domain) const {
  const std::string domain_text(domain);
  if (!parse_address(std::string(handle) + "@" + domain_text))
    return fail(ErrorCode::bad_request, "not an address: like bob@b.example");
  auto known = by_address(transaction, handle, domain_text);
  if (known || known.error().code != ErrorCode::not_found) return known;
  const auto id = core::UserId::make(clock_, random_);
  const auto now = clock_.now();
  KITH_TRY(
      transaction.execute("INSERT INTO users (id, handle, domain, is_local, permission, state, quota_bytes, "
                          "created_at, updated_at) VALUES (?, ?, ?, 0, 'none', 'active', 0, ?, ?)",
                          {id.text(), handle, domain_text, now, now}));
  return by_id(transaction, id);
}

Expected<void> UserStore::set_password_hash(storage::Transaction& transaction, const core::UserId& id,
                                            std::string_view hash) const {
  KITH_TRY(local_user(transaction, id));
  KITH_TRY(transaction.execute("UPDATE users SET password_hash = ?, updated_at = ? WHERE id = ?",
                               {hash, clock_.now(), id.text()}));
  return {};
}

Expected<void> UserStore::set_permission(storage::Transaction& transaction, const core::UserId& id,
                                         Permission permission) const {
  KITH_TRY_ASSIGN(before, local_user(transaction, id));
  KITH_TRY(transaction.execute("UPDATE users SET permission = ?, updated_at = ? WHERE id = ?",
                               {permission_name(permission), clock_.now(), id.text()}));
  return keep_an_admin(transaction, before);
}

Expected<void> UserStore::set_state(storage::Transaction& transaction, const core::UserId& id, UserState state) const {
  KITH_TRY_ASSIGN(before, by_id(transaction, id));
  KITH_TRY(transaction.execute("UPDATE users SET state = ?, updated_at = ? WHERE id = ?",
                               {user_state_name(state), clock_.now(), id.text()}));
  return keep_an_admin(transaction, before);
}

Expected<void> UserStore::set_quota(storage::Transaction& transaction, const core::UserId& id,
                                    std::uint64_t quota_bytes) const {
  KITH_TRY(check_quota(quota_bytes));
  KITH_TRY(local_user(transaction, id));
  KITH_TRY(transaction.execute("UPDATE users SET quota_bytes = ?, updated_at = ? WHERE id = ?",
                               {quota_bytes, clock_.now(), id.text()}));
  return {};
}

Expected<void> UserStore::set_profile(storage::Transaction& transaction, const core::UserId& id,
                                      const ProfileChange& change) const {
  KITH_TRY_ASSIGN(user, local_user(transaction, id));
  KITH_TRY(transaction.execute(
      "UPDATE users SET first_name = ?, last_name = ?, organization = ?, language = ?, updated_at = ? WHERE id = ?",
      {change.first_name.value_or(user.first_name), change.last_name.value_or(user.last_name),
       change.organization.value_or(user.organization), change.language.value_or(user.language), clock_.now(),
       id.text()}));
  return {};
}

Expected<void> UserStore::set_email(storage::Transaction& transaction, const core::UserId& id,
                                    std::string_view email) const {
  KITH_TRY(check_names(email, std::nullopt));
  KITH_TRY(local_user(transaction, id));
  KITH_TRY(
      transaction.execute("UPDATE users SET email = ?, updated_at = ? WHERE id = ?", {email, clock_.now(), id.text()}));
  return {};
}

}  // namespace kith::accounts
