#include "storage/database_look.hpp"

#include <sqlite3.h>

#include <memory>

#include "storage/migrations.hpp"

namespace kith::storage {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kStepsBetweenLooks = 10'000;  // of SQLite's machine: well under a millisecond

using Connection = std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)>;
using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

int is_over(void* end) {
  return Clock::now() >= *static_cast<const Clock::time_point*>(end) ? 1 : 0;
}

// The first column of the first row, or why there is none; `code` is SQLite's.
std::string first_text(sqlite3* connection, const char* sql, int& code) {
  sqlite3_stmt* prepared = nullptr;
  code = sqlite3_prepare_v2(connection, sql, -1, &prepared, nullptr);
  const Statement statement(prepared, sqlite3_finalize);
  if (code == SQLITE_OK) code = sqlite3_step(prepared);
  if (code != SQLITE_ROW) return sqlite3_errmsg(connection);
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(prepared, 0));
  return text != nullptr ? text : "";
}

}  // namespace

DatabaseLook look_at_database(const std::filesystem::path& file, std::chrono::milliseconds patience) {
  DatabaseLook look;
  look.file = file;
  const auto steps = embedded_migrations();
  look.newest = steps.empty() ? 0 : steps.back().number;
  std::error_code failed;
  look.found = std::filesystem::exists(file, failed);
  if (!look.found) return look;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  const Connection connection(opened, sqlite3_close_v2);
  if (code != SQLITE_OK) {
    look.problem = opened != nullptr ? sqlite3_errmsg(opened) : "no memory";
    return look;
  }
  sqlite3_busy_timeout(opened, static_cast<int>(patience.count()));
  int came = SQLITE_OK;
  const auto version = first_text(opened, "PRAGMA user_version", came);
  if (came == SQLITE_ROW) look.version = std::atoi(version.c_str());
  auto end = Clock::now() + patience;
  sqlite3_progress_handler(opened, kStepsBetweenLooks, is_over, &end);
  const auto said = came == SQLITE_ROW ? first_text(opened, "PRAGMA quick_check(1)", came) : version;
  look.finished = came == SQLITE_ROW;
  const bool no_time = came == SQLITE_INTERRUPT || came == SQLITE_BUSY;
  if (said != "ok" && !no_time) look.problem = said;
  return look;
}

}  // namespace kith::storage
