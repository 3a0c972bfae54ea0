#pragma once
// The steps that bring a database's schema up to date: storage/migrations/NNNN_name.sql, embedded at build time.
// `PRAGMA user_version` holds the number of the last step made; every step is a transaction of its own. Two processes
// may migrate at once: the second finds the step made.

#include <span>
#include <string_view>

#include "core/error.hpp"

namespace kith::storage {

class SqliteConnection;

struct Migration {
  int number;  // from 1, without gaps
  std::string_view name;
  std::string_view sql;
};

// In ascending order. Generated, see CMakeLists.txt.
std::span<const Migration> embedded_migrations();

// The version of a database, and an error if `migrations` don't reach that far (a newer program made it).
[[nodiscard]] core::Expected<int> checked_version(SqliteConnection& connection, std::span<const Migration> migrations);
// Makes every missing step. What the failing one began is undone, those before it stay.
[[nodiscard]] core::Expected<void> migrate(SqliteConnection& connection, std::span<const Migration> migrations);

}  // namespace kith::storage
