#pragma once
// How a User is read from a row: the one place that knows the order of the columns. Pure, thread-safe.

#include "accounts/user.hpp"
#include "core/error.hpp"
#include "storage/database.hpp"

namespace kith::accounts {

// The columns of user_from_row(), for `SELECT … FROM users AS u`; kUserColumnCount of them.
#define KITH_USER_COLUMNS                                                                                 \
  "u.id, u.handle, u.domain, u.email, u.first_name, u.last_name, u.organization, u.permission, u.state, " \
  "u.quota_bytes, u.created_at, u.updated_at, u.language, u.deleted_at"
inline constexpr int kUserColumnCount = 14;

// Nothing when the row is not one this program wrote.
std::optional<User> user_from_row(const storage::Row& row);

}  // namespace kith::accounts
