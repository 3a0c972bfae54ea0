#include "storage/sqlite_database.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "storage/posix_file.hpp"

namespace kith::storage {

namespace {

class ConnectionTransaction final : public Transaction {
 public:
  explicit ConnectionTransaction(SqliteConnection& connection) : connection_(connection) {}
  Expected<void> query(std::string_view sql, Values values, const std::function<bool(const Row&)>& each) override {
    return connection_.query(sql, values, each);
  }
  Expected<std::int64_t> execute(std::string_view sql, Values values) override {
    return connection_.execute(sql, values);
  }

 private:
  SqliteConnection& connection_;
};

// SQLite gives -wal and -shm the mode (and, run by root, the owner) of the database file, so the file is made here.
Expected<void> ensure_private_file(const std::filesystem::path& file) {
  const auto folder_path = std::filesystem::absolute(file).parent_path();
  const Descriptor folder(::open(folder_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return system_failure(folder_path.string(), errno);
  const auto name = file.filename().string();
  Descriptor made(::openat(folder.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (made) return give_to_owner_of(folder.get(), made.get());
  if (errno != EEXIST) return system_failure("cannot make the file", errno);
  // Looked at by name: closing a descriptor of the file would drop the locks other connections of this process hold.
  struct stat status {};
  if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return system_failure("cannot open the file", errno);
  if (!S_ISREG(status.st_mode)) return core::fail(core::ErrorCode::internal, "must be a file, not a link or a folder");
  if ((status.st_mode & 077) != 0 && ::fchmodat(folder.get(), name.c_str(), 0600, 0) != 0)
    return system_failure("chmod 0600", errno);
  return {};
}

Expected<void> enter_wal_mode(SqliteConnection& connection) {
  std::string mode;
  KITH_TRY(connection.query("PRAGMA journal_mode = WAL", {}, [&](const Row& row) {
    mode = row.text(0);
    return true;
  }));
  if (mode != "wal")
    return core::fail(core::ErrorCode::internal,
                      "the file system cannot hold a write-ahead log (a network drive?): put data_dir on a local disk");
  return {};
}

Expected<std::unique_ptr<SqliteConnection>> open_writer(const std::filesystem::path& file,
                                                        const DatabaseOptions& options,
                                                        std::span<const Migration> migrations) {
  KITH_TRY(ensure_private_file(file));
  KITH_TRY_ASSIGN(connection, SqliteConnection::open(file, options.busy_timeout));
  // Before anything is written: a newer program's database stays as it is.
  KITH_TRY(checked_version(*connection, migrations));
  KITH_TRY(enter_wal_mode(*connection));
  KITH_TRY(connection->run(options.synchronous_full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF"));
  KITH_TRY(connection->run("PRAGMA journal_size_limit = 67108864"));
  KITH_TRY(migrate(*connection, migrations));
  return connection;
}

Expected<std::unique_ptr<SqliteConnection>> open_reader(const std::filesystem::path& file,
                                                        const DatabaseOptions& options) {
  KITH_TRY_ASSIGN(connection, SqliteConnection::open(file, options.busy_timeout));
  KITH_TRY(connection->run("PRAGMA query_only = ON; PRAGMA cache_size = -1024"));
  return connection;
}

}  // namespace

Expected<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const std::filesystem::path& file,
                                                               const DatabaseOptions& options,
                                                               std::span<const Migration> migrations) {
  auto writer = open_writer(file, options, migrations);
  if (!writer) {
    auto error = std::move(writer.error());
    error.detail = file.string() + ": " + error.detail;
    return tl::make_unexpected(std::move(error));
  }
  const int version = migrations.empty() ? 0 : migrations.back().number;
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(std::move(*writer), version));
  for (int i = 0; i < std::max(options.readers, 1); ++i) {
    KITH_TRY_ASSIGN(reader, open_reader(file, options));
    database->idle_readers_.push_back(std::move(reader));
  }
  return database;
}

Expected<void> SqliteDatabase::write(const std::function<Expected<void>(Transaction&)>& work) {
  // The mutex would wait for itself for ever, and everybody else with it.
  if (writing_thread_.load() == std::this_thread::get_id()) {
    return core::fail(core::ErrorCode::internal, "database: write() inside write()");
  }
  std::lock_guard lock(writer_mutex_);
  writing_thread_ = std::this_thread::get_id();
  const std::shared_ptr<void> done(nullptr, [this](void*) { writing_thread_ = std::thread::id(); });
  SqliteTransaction transaction(*writer_);
  KITH_TRY(transaction.begin_immediate());
  ConnectionTransaction handed_out(*writer_);
  KITH_TRY(work(handed_out));
  return transaction.commit();
}

Expected<void> SqliteDatabase::read(const std::function<Expected<void>(Reader&)>& work) {
  const auto back = [this](SqliteConnection* used) { give_back(std::unique_ptr<SqliteConnection>(used)); };
  const std::unique_ptr<SqliteConnection, decltype(back)> reader(take_reader().release(), back);
  SqliteTransaction snapshot(*reader);
  KITH_TRY(snapshot.begin_read());
  ConnectionTransaction handed_out(*reader);
  return work(handed_out);
}

std::unique_ptr<SqliteConnection> SqliteDatabase::take_reader() {
  std::unique_lock lock(readers_mutex_);
  reader_free_.wait(lock, [this] { return !idle_readers_.empty(); });
  auto reader = std::move(idle_readers_.back());
  idle_readers_.pop_back();
  return reader;
}

void SqliteDatabase::give_back(std::unique_ptr<SqliteConnection> reader) {
  {
    std::lock_guard lock(readers_mutex_);
    idle_readers_.push_back(std::move(reader));
  }
  reader_free_.notify_one();
}

}  // namespace kith::storage
