#include "storage/migrations.hpp"

#include <string>

#include "storage/sqlite_connection.hpp"

namespace kith::storage {

namespace {

core::Expected<int> version_of(SqliteConnection& connection) {
  int version = 0;
  KITH_TRY(connection.query("PRAGMA user_version", {}, [&](const Row& row) {
    version = static_cast<int>(row.integer(0));
    return false;
  }));
  return version;
}

core::Expected<void> make_step(SqliteConnection& connection, const Migration& migration) {
  SqliteTransaction transaction(connection);
  KITH_TRY(transaction.begin_immediate());
  KITH_TRY_ASSIGN(version, version_of(connection));
  if (version >= migration.number) return {};  // another process was faster
  KITH_TRY(connection.run(migration.sql));
  KITH_TRY(connection.run("PRAGMA user_version = " + std::to_string(migration.number)));
  return transaction.commit();
}

}  // namespace

core::Expected<int> checked_version(SqliteConnection& connection, std::span<const Migration> migrations) {
  KITH_TRY_ASSIGN(version, version_of(connection));
  const int newest = migrations.empty() ? 0 : migrations.back().number;
  if (version > newest) {
    return core::fail(core::ErrorCode::internal, "the database has schema version " + std::to_string(version) +
                                                     ", this program knows versions up to " + std::to_string(newest) +
                                                     ": start the newer program that made it, or restore a backup");
  }
  return version;
}

core::Expected<void> migrate(SqliteConnection& connection, std::span<const Migration> migrations) {
  KITH_TRY_ASSIGN(version, checked_version(connection, migrations));
  for (const auto& migration : migrations) {
    if (migration.number <= version) continue;
    if (auto made = make_step(connection, migration); !made) {
      auto error = std::move(made.error());
      error.detail = "migration " + std::string(migration.name) + ": " + error.detail;
      return tl::make_unexpected(std::move(error));
    }
  }
  return {};
}

}  // namespace kith::storage
