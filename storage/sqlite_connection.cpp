#include "storage/sqlite_connection.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include "storage/limits.hpp"
#include "storage/posix_file.hpp"

namespace kith::storage {

namespace {

class StatementRow final : public Row {
 public:
  explicit StatementRow(const SQLite::Statement& statement) : statement_(statement) {}
  bool is_null(int column) const override { return statement_.getColumn(column).isNull(); }
  std::int64_t integer(int column) const override { return statement_.getColumn(column).getInt64(); }
  std::string text(int column) const override { return statement_.getColumn(column).getString(); }
  core::Bytes blob(int column) const override {
    const auto value = statement_.getColumn(column);
    const auto* begin = static_cast<const std::uint8_t*>(value.getBlob());
    return begin == nullptr ? core::Bytes() : core::Bytes(begin, begin + value.getBytes());
  }

 private:
  const SQLite::Statement& statement_;
};

struct Binder {
  SQLite::Statement& statement;
  int index;
  void operator()(std::nullptr_t) const { statement.bind(index); }
  void operator()(std::int64_t number) const { statement.bind(index, number); }
  void operator()(std::string_view text) const { statement.bind(index, std::string(text)); }
  // An empty blob is not NULL, so the pointer must not be null either.
  void operator()(core::ByteView bytes) const {
    statement.bindNoCopy(index, bytes.empty() ? static_cast<const void*>("") : bytes.data(),
                         static_cast<int>(bytes.size()));
  }
};

void bind_all(SQLite::Statement& statement, Values values) {
  if (values.size() != static_cast<std::size_t>(statement.getBindParameterCount()))
    throw SQLite::Exception("the statement has " + std::to_string(statement.getBindParameterCount()) + " values, got " +
                            std::to_string(values.size()) + ": " + statement.getQuery());
  int index = 1;
  for (const auto& value : values) std::visit(Binder{statement, index++}, value.variant());
}

core::ErrorCode code_of(int extended, int system_error) {
  switch (extended & 0xff) {
    case SQLITE_CONSTRAINT:
      // These two are mistakes of the program, the others depend on what is stored.
      if (extended == SQLITE_CONSTRAINT_NOTNULL || extended == SQLITE_CONSTRAINT_DATATYPE)
        return core::ErrorCode::internal;
      return core::ErrorCode::conflict;
    case SQLITE_FULL:
      return core::ErrorCode::storage_full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return core::ErrorCode::busy;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return is_about_space(system_error) ? core::ErrorCode::storage_full : core::ErrorCode::storage_failed;
    default:
      return core::ErrorCode::internal;
  }
}

}  // namespace

// A prepared statement for the time of one call; goes back reset and without values.
class SqliteConnection::Lease {
 public:
  Lease(SqliteConnection& connection, std::string_view sql, Values values)
      : connection_(connection), statement_(connection.take(sql)) {
    try {
      bind_all(*statement_, values);
    } catch (...) {
      connection_.give_back(std::move(statement_));
      throw;
    }
  }
  ~Lease() { connection_.give_back(std::move(statement_)); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  SQLite::Statement& operator*() { return *statement_; }
  SQLite::Statement* operator->() { return statement_.get(); }

 private:
  SqliteConnection& connection_;
  std::unique_ptr<SQLite::Statement> statement_;
};

Expected<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::filesystem::path& file, int flags,
                                                                   std::chrono::milliseconds busy_timeout) {
  try {
    auto database = std::make_unique<SQLite::Database>(file.string(), flags | SQLite::OPEN_NOMUTEX,
                                                       static_cast<int>(busy_timeout.count()));
    sqlite3_extended_result_codes(database->getHandle(), 1);
    sqlite3_db_config(database->getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection(std::move(database)));
    KITH_TRY(connection->run("PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON"));
    return connection;
  } catch (const SQLite::Exception& exception) {
    return core::fail(core::ErrorCode::internal, exception.what());
  }
}

Expected<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::filesystem::path& file,
                                                                   std::chrono::milliseconds busy_timeout) {
  return open(file, SQLite::OPEN_READWRITE, busy_timeout);
}

Expected<std::unique_ptr<SqliteConnection>> SqliteConnection::open_to_read(const std::filesystem::path& file) {
  return open(file, SQLite::OPEN_READONLY, std::chrono::milliseconds(0));
}

SqliteConnection::SqliteConnection(std::unique_ptr<SQLite::Database> database) : database_(std::move(database)) {}
SqliteConnection::~SqliteConnection() = default;

Expected<void> SqliteConnection::query(std::string_view sql, Values values,
                                       const std::function<bool(const Row&)>& each) {
  return guarded<void>([&]() -> Expected<void> {
    Lease statement(*this, sql, values);
    const StatementRow row(*statement);
    while (statement->executeStep() && each(row)) {
    }
    return {};
  });
}

Expected<std::int64_t> SqliteConnection::execute(std::string_view sql, Values values) {
  return guarded<std::int64_t>([&]() -> Expected<std::int64_t> {
    Lease statement(*this, sql, values);
    return statement->exec();
  });
}

Expected<void> SqliteConnection::run(std::string_view sql) {
  return guarded<void>([&]() -> Expected<void> {
    database_->exec(std::string(sql));
    return {};
  });
}

bool SqliteConnection::in_transaction() const {
  return sqlite3_get_autocommit(database_->getHandle()) == 0;
}

std::unique_ptr<SQLite::Statement> SqliteConnection::take(std::string_view sql) {
  const auto found = by_text_.find(sql);
  if (found == by_text_.end()) return std::make_unique<SQLite::Statement>(*database_, std::string(sql));
  const auto place = found->second;
  by_text_.erase(found);
  auto statement = std::move(*place);
  idle_.erase(place);
  return statement;
}

void SqliteConnection::give_back(std::unique_ptr<SQLite::Statement> statement) {
  // The error of a failed step comes again from reset; it was told already.
  statement->tryReset();
  statement->clearBindings();
  const std::string_view text = statement->getQuery();
  if (by_text_.contains(text)) return;
  idle_.push_back(std::move(statement));
  by_text_.emplace(text, std::prev(idle_.end()));
  if (idle_.size() > kIdleStatements) {
    by_text_.erase(idle_.front()->getQuery());
    idle_.pop_front();
  }
}

core::Error SqliteConnection::error_of(const SQLite::Exception& exception) const {
  const int extended = exception.getExtendedErrorCode();
  const int system_error = sqlite3_system_errno(database_->getHandle());
  return core::Error{code_of(extended, system_error), std::string("database: ") + exception.what(), {}, {}};
}

template <class T>
Expected<T> SqliteConnection::guarded(const std::function<Expected<T>()>& work) {
  try {
    return work();
  } catch (const SQLite::Exception& exception) {
    return tl::make_unexpected(error_of(exception));
  }
}

SqliteTransaction::~SqliteTransaction() {
  // Some errors (a full disk) have SQLite roll back by itself.
  if (connection_.in_transaction()) (void)connection_.execute("ROLLBACK", {});
}

Expected<void> SqliteTransaction::begin_immediate() {
  KITH_TRY(connection_.execute("BEGIN IMMEDIATE", {}));
  return {};
}

Expected<void> SqliteTransaction::begin_read() {
  KITH_TRY(connection_.execute("BEGIN", {}));
  return {};
}

Expected<void> SqliteTransaction::commit() {
  KITH_TRY(connection_.execute("COMMIT", {}));
  return {};
}

}  // namespace kith::storage
