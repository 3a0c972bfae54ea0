#include "storage/database.hpp"

#include "storage/sqlite_database.hpp"

namespace kith::storage {

std::optional<std::string> Row::optional_text(int column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

std::optional<std::int64_t> Row::optional_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<core::Timestamp> Row::optional_time(int column) const {
  if (is_null(column)) return std::nullopt;
  return time(column);
}

std::optional<core::Bytes> Row::optional_blob(int column) const {
  if (is_null(column)) return std::nullopt;
  return blob(column);
}

Expected<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file, const DatabaseOptions& options) {
  KITH_TRY_ASSIGN(database, SqliteDatabase::open(file, options, embedded_migrations()));
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace kith::storage
