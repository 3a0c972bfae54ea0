#pragma once
// Database on SQLite in WAL mode: one connection that writes, under a mutex, and a pool of readers. Several processes
// may have the same file open. Thread-safe.

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "storage/database.hpp"
#include "storage/migrations.hpp"
#include "storage/sqlite_connection.hpp"

namespace kith::storage {

class SqliteDatabase final : public Database {
 public:
  // Database::open with the embedded migrations; tests hand in others.
  [[nodiscard]] static Expected<std::unique_ptr<SqliteDatabase>> open(const std::filesystem::path& file,
                                                                      const DatabaseOptions& options,
                                                                      std::span<const Migration> migrations);

  [[nodiscard]] Expected<void> write(const std::function<Expected<void>(Transaction&)>& work) override;
  [[nodiscard]] Expected<void> read(const std::function<Expected<void>(Reader&)>& work) override;
  int schema_version() const override { return version_; }

 private:
  SqliteDatabase(std::unique_ptr<SqliteConnection> writer, int version)
      : writer_(std::move(writer)), version_(version) {}
  std::unique_ptr<SqliteConnection> take_reader();
  void give_back(std::unique_ptr<SqliteConnection> reader);

  std::atomic<std::thread::id> writing_thread_{};  // who is inside write(), to tell it from waiting for itself
  std::mutex writer_mutex_;                        // guards the connection below
  std::unique_ptr<SqliteConnection> writer_;
  const int version_;

  std::mutex readers_mutex_;  // guards the connections below
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_readers_;
};

}  // namespace kith::storage
