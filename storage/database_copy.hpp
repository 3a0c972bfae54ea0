#pragma once
// A database at one moment, in a file of its own: how a backup takes it while a daemon writes.

#include <filesystem>
#include <functional>
#include <memory>

#include "storage/database.hpp"

namespace kith::storage {

class SqliteConnection;

// Writes what `from` holds at this moment into `to` (0600, synced), which must not be there; other processes go on
// writing meanwhile. storage_full, storage_failed; what was begun is left for the caller to remove.
[[nodiscard]] Expected<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to);

// A copy, open for reading only: nothing is written, neither to it nor beside it. Belongs to one thread at a time.
class DatabaseCopy final : public Reader {
 public:
  [[nodiscard]] static Expected<DatabaseCopy> open(const std::filesystem::path& file);
  DatabaseCopy(DatabaseCopy&&) noexcept;
  DatabaseCopy& operator=(DatabaseCopy&&) noexcept;
  ~DatabaseCopy() override;

  using Reader::query;
  [[nodiscard]] Expected<void> query(std::string_view sql, Values values,
                                     const std::function<bool(const Row&)>& each) override;

 private:
  explicit DatabaseCopy(std::unique_ptr<SqliteConnection> connection);
  std::unique_ptr<SqliteConnection> connection_;
};

}  // namespace kith::storage
