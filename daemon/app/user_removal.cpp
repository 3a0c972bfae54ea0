#include "daemon/app/user_removal.hpp"

#include <utility>

namespace kith::daemon {

using core::Expected;

namespace {

constexpr std::size_t kUsersAtOnce = 100;

// Each begins with what is likely; ?1 is the user.
constexpr std::string_view kLeft =
    "SELECT EXISTS (SELECT 1 FROM assets WHERE owner = ?1)"
    " OR EXISTS (SELECT 1 FROM connections c WHERE c.local_user = ?1 AND (c.phase <> 'ended' OR c.hidden = 0 AND"
    " NOT EXISTS (SELECT 1 FROM outbox o WHERE o.subject = c.id)))"
    " OR EXISTS (SELECT 1 FROM shares WHERE owner = ?1) OR EXISTS (SELECT 1 FROM shares WHERE viewer = ?1)"
    " OR EXISTS (SELECT 1 FROM albums WHERE owner = ?1)"
    " OR EXISTS (SELECT 1 FROM album_shares WHERE owner = ?1)"
    " OR EXISTS (SELECT 1 FROM album_shares WHERE viewer = ?1)"
    " OR EXISTS (SELECT 1 FROM exchanges WHERE owner = ?1)"
    " OR EXISTS (SELECT 1 FROM resumable_uploads WHERE owner = ?1)"
    " OR EXISTS (SELECT 1 FROM blobs WHERE owner = ?1)"  // the content, which goes after its names
    " OR EXISTS (SELECT 1 FROM invites WHERE user_id = ?1)"
    " OR EXISTS (SELECT 1 FROM idempotency WHERE user_id = ?1)"
    " OR EXISTS (SELECT 1 FROM told_assets t JOIN connections c ON c.id = t.connection_id WHERE c.local_user = ?1)";

}  // namespace

void UserRemoval::begin() {
  // No place: the next minute's round does it.
  (void)parts_.workers.try_post([this] { run(); });
}

void UserRemoval::run() {
  {
    std::lock_guard lock(mutex_);
    again_ = running_;
    if (std::exchange(running_, true)) return;
  }
  for (;;) {
    round();
    std::lock_guard lock(mutex_);
    if (!std::exchange(again_, false)) {
      running_ = false;
      return;
    }
  }
}

void UserRemoval::round() {
  std::optional<core::UserId> last;
  bool erased = false;
  for (;;) {
    const auto users = parts_.accounts.removed(last, kUsersAtOnce);
    if (!users) {
      parts_.log.warning("deleted users were not looked for", {{"detail", users.error().detail}});
      break;
    }
    for (const auto& user : *users) {
      const auto done = finish(user);
      if (!done) {
        parts_.log.warning("what a deleted user left could not be erased",
                           {{"user", user.text()}, {"detail", done.error().detail}});
      }
      erased = erased || !done || *done;
      last = user;
    }
    if (users->size() < kUsersAtOnce) break;
  }
  if (erased) parts_.sweep();
}

Expected<bool> UserRemoval::finish(const core::UserId& user) {
  parts_.live.forget(user);
  KITH_TRY_ASSIGN(left, left_something(user));
  if (left) {
    // Connections first: their peers hear that they ended, not that each file was taken back.
    KITH_TRY(parts_.handshakes.revoke_all(user));
    KITH_TRY(parts_.handshakes.hide_ended(user));
    KITH_TRY(parts_.invites.remove_all(user));
    KITH_TRY(parts_.told.forget_user(user));
    KITH_TRY(parts_.assets.remove_owner(user));
    KITH_TRY(parts_.idempotency.forget(user));
    parts_.log.info("what a deleted user left is erased", {{"user", user.text()}});
  }
  KITH_TRY(parts_.accounts.erase(user));
  return left;
}

Expected<bool> UserRemoval::left_something(const core::UserId& user) const {
  return parts_.database.read_for<bool>([&](storage::Reader& reader) -> Expected<bool> {
    bool left = false;
    KITH_TRY(reader.query(kLeft, {user.text()}, [&](const storage::Row& row) {
      left = row.boolean(0);
      return false;
    }));
    return left;
  });
}

}  // namespace kith::daemon
