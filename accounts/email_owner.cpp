#include "accounts/email_owner.hpp"

#include "accounts/user_row.hpp"

namespace kith::accounts {

core::Expected<std::optional<User>> owner_of_email(storage::Reader& reader, std::string_view email) {
  std::optional<User> owner;
  bool damaged = false;
  KITH_TRY(reader.query("SELECT " KITH_USER_COLUMNS " FROM users AS u WHERE u.email = ?", {email},
                        [&](const storage::Row& row) {
                          owner = user_from_row(row);
                          damaged = !owner;
                          return false;
                        }));
  if (damaged) return core::fail(core::ErrorCode::internal, "a row of the users table is damaged");
  return owner;
}

}  // namespace kith::accounts
