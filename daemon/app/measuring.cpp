#include "daemon/app/measuring.hpp"

namespace kith::daemon {
namespace {

core::Expected<std::int64_t> count(storage::Reader& reader, std::string_view sql) {
  std::int64_t number = 0;
  KITH_TRY(reader.query(sql, {}, [&](const storage::Row& row) {
    number = row.integer(0);
    return false;
  }));
  return number;
}

}  // namespace

core::Expected<void> count_rows(storage::Database& database, Measured& measured) {
  return database.read([&](storage::Reader& reader) -> core::Expected<void> {
    KITH_TRY_ASSIGN(users, count(reader, "SELECT count(*) FROM users WHERE is_local = 1 AND deleted_at IS NULL"));
    KITH_TRY_ASSIGN(mails, count(reader, "SELECT count(*) FROM mails"));
    measured.users = users;
    measured.mails_waiting = mails;
    return {};
  });
}

}  // namespace kith::daemon
