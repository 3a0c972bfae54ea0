#include "storage/database_copy.hpp"

#include <fcntl.h>

#include <array>
#include <cerrno>

#include "storage/posix_file.hpp"
#include "storage/sqlite_connection.hpp"

namespace kith::storage {

namespace {

constexpr std::chrono::seconds kPatience{60};  // with whoever writes

}  // namespace

Expected<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to) {
  // Made here, for nobody else to read; SQLite takes an empty file.
  const Descriptor file(::open(to.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return system_failure(to.string(), errno);
  {
    KITH_TRY_ASSIGN(connection, SqliteConnection::open(from, kPatience));
    const auto name = to.string();
    KITH_TRY(connection->execute("VACUUM INTO ?", Values(std::array{Value(name)})));
  }
  if (::fsync(file.get()) != 0) return system_failure(to.string(), errno);
  return {};
}

Expected<DatabaseCopy> DatabaseCopy::open(const std::filesystem::path& file) {
  KITH_TRY_ASSIGN(connection, SqliteConnection::open_to_read(file));
  return DatabaseCopy(std::move(connection));
}

DatabaseCopy::DatabaseCopy(std::unique_ptr<SqliteConnection> connection) : connection_(std::move(connection)) {}
DatabaseCopy::DatabaseCopy(DatabaseCopy&&) noexcept = default;
DatabaseCopy& DatabaseCopy::operator=(DatabaseCopy&&) noexcept = default;
DatabaseCopy::~DatabaseCopy() = default;

Expected<void> DatabaseCopy::query(std::string_view sql, Values values, const std::function<bool(const Row&)>& each) {
  return connection_->query(sql, values, each);
}

}  // namespace kith::storage
