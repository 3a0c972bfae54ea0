#pragma once
// One connection to SQLite with its prepared statements: where SQLiteCpp's exceptions become errors.
// Belongs to one thread at a time. Errors: conflict (UNIQUE, CHECK, foreign key), storage_full, busy, else internal.

#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/database.hpp"

namespace SQLite {
class Database;
class Exception;
class Statement;
}  // namespace SQLite

namespace kith::storage {

class SqliteConnection {
 public:
  [[nodiscard]] static Expected<std::unique_ptr<SqliteConnection>> open(const std::filesystem::path& file,
                                                                        std::chrono::milliseconds busy_timeout);
  // For a file nobody writes to.
  [[nodiscard]] static Expected<std::unique_ptr<SqliteConnection>> open_to_read(const std::filesystem::path& file);
  ~SqliteConnection();

  // See Reader::query; also runs what changes and returns rows (INSERT … RETURNING).
  [[nodiscard]] Expected<void> query(std::string_view sql, Values values, const std::function<bool(const Row&)>& each);
  // See Transaction::execute.
  [[nodiscard]] Expected<std::int64_t> execute(std::string_view sql, Values values);
  // Any number of statements, without values or rows.
  [[nodiscard]] Expected<void> run(std::string_view sql);
  bool in_transaction() const;

 private:
  class Lease;
  using Statements = std::list<std::unique_ptr<SQLite::Statement>>;

  explicit SqliteConnection(std::unique_ptr<SQLite::Database> database);
  [[nodiscard]] static Expected<std::unique_ptr<SqliteConnection>> open(const std::filesystem::path& file, int flags,
                                                                        std::chrono::milliseconds busy_timeout);
  std::unique_ptr<SQLite::Statement> take(std::string_view sql);
  void give_back(std::unique_ptr<SQLite::Statement> statement);
  core::Error error_of(const SQLite::Exception& exception) const;
  template <class T>
  Expected<T> guarded(const std::function<Expected<T>()>& work);

  std::unique_ptr<SQLite::Database> database_;
  // Statements nobody uses right now, the longest unused first; one in use is taken out, so a query within a query's
  // callback may use the same text.
  Statements idle_;
  std::unordered_map<std::string_view, Statements::iterator> by_text_;  // keys are the statements' own texts
};

// A transaction that is rolled back unless committed, whatever way its scope is left.
class SqliteTransaction {
 public:
  explicit SqliteTransaction(SqliteConnection& connection) : connection_(connection) {}
  ~SqliteTransaction();
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;
  [[nodiscard]] Expected<void> begin_immediate();
  [[nodiscard]] Expected<void> begin_read();
  [[nodiscard]] Expected<void> commit();

 private:
  SqliteConnection& connection_;
};

}  // namespace kith::storage
