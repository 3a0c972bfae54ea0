#include "accounts/user_removal.hpp"

#include <algorithm>

#include "accounts/user_store.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::size_t kMostAtOnce = 500;

// What somebody could come in by, or that proves who they were.
Expected<void> end_every_way_in(storage::Transaction& transaction, const core::UserId& id) {
  for (const auto* sql :
       {"DELETE FROM log_ins WHERE user_id = ?", "DELETE FROM login_links WHERE user_id = ?",
        "DELETE FROM api_tokens WHERE user_id = ?", "DELETE FROM second_factors WHERE user_id = ?",
        "DELETE FROM recovery_codes WHERE user_id = ?", "DELETE FROM email_changes WHERE user_id = ?",
        "DELETE FROM password_resets WHERE user_id = ?", "DELETE FROM registration_invites WHERE made_by = ?"}) {
    KITH_TRY(transaction.execute(sql, {id.text()}));
  }
  return {};
}

}  // namespace

Expected<User> UserRemoval::remove(storage::Transaction& transaction, const core::UserId& id,
                                   const Actor& actor) const {
  KITH_TRY_ASSIGN(user, UserStore::by_id(transaction, id));
  if (!user.is_local) return fail(ErrorCode::conflict, "this user lives on another instance: end the connection");
  const auto now = clock_.now();
  // Suspended and without permission too, for whoever looks at these alone.
  KITH_TRY(
      transaction.execute("UPDATE users SET deleted_at = ?, state = 'suspended', permission = 'none', "
                          "password_hash = NULL, first_name = '', last_name = '', organization = NULL, "
                          "language = NULL, last_seen_at = NULL, quota_bytes = 0, updated_at = ? WHERE id = ?",
                          {now, now, id.text()}));
  KITH_TRY(end_every_way_in(transaction, id));
  KITH_TRY(UserStore::keep_an_admin(transaction, user));
  KITH_TRY(audit_.write(transaction, {actor.name, "user_deleted", id.text(), actor.address, user.handle}));
  return user;
}

Expected<User> UserRemoval::remove(const core::UserId& id, const Actor& actor) const {
  return database_.write_for<User>([&](storage::Transaction& transaction) { return remove(transaction, id, actor); });
}

Expected<std::vector<core::UserId>> UserRemoval::removed(const std::optional<core::UserId>& after,
                                                         std::size_t limit) const {
  const std::string start = after ? after->text() : std::string();
  const auto most = static_cast<std::int64_t>(std::clamp<std::size_t>(limit, 1, kMostAtOnce));
  return database_.read_for<std::vector<core::UserId>>(
      [&](storage::Reader& reader) -> Expected<std::vector<core::UserId>> {
        std::vector<core::UserId> found;
        KITH_TRY(reader.query("SELECT id FROM users WHERE deleted_at IS NOT NULL AND id > ? ORDER BY id LIMIT ?",
                              {start, most}, [&](const storage::Row& row) {
                                if (const auto id = core::UserId::parse(row.text(0))) found.push_back(*id);
                                return true;
                              }));
        return found;
      });
}

Expected<bool> UserRemoval::erase(const core::UserId& id) const {
  return database_.write_for<bool>([&](storage::Transaction& transaction) -> Expected<bool> {
    KITH_TRY_ASSIGN(gone, transaction.execute("DELETE FROM users WHERE id = ? AND deleted_at <= ?",
                                              {id.text(), clock_.now() - kAddressKept}));
    if (gone == 0) return false;
    KITH_TRY(audit_.write(transaction, {"kithd", "address_freed", id.text(), "", ""}));
    return true;
  });
}

}  // namespace kith::accounts
