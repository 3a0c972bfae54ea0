#pragma once
// SQLite behind a small interface: no SQLiteCpp type and no exception leaves storage/.
//
// One connection writes, a few read (WAL). Database is thread-safe; a Transaction or Reader belongs to the call it was
// handed to. `synchronous=FULL`: what write() answered is on disk.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

namespace kith::storage {

using core::Expected;

// A value bound to a `?` of a statement. Borrows text and bytes for the duration of the call.
class Value {
 public:
  Value(std::nullptr_t) : value_(nullptr) {}                                // NOLINT: meant to convert
  Value(bool value) : value_(std::int64_t{value}) {}                        // NOLINT
  Value(int value) : value_(std::int64_t{value}) {}                         // NOLINT
  Value(std::int64_t value) : value_(value) {}                              // NOLINT
  Value(std::uint64_t value) : value_(static_cast<std::int64_t>(value)) {}  // NOLINT
  Value(const char* text) : value_(std::string_view(text)) {}               // NOLINT
  Value(std::string_view text) : value_(text) {}                            // NOLINT
  Value(const std::string& text) : value_(std::string_view(text)) {}        // NOLINT
  Value(core::ByteView bytes) : value_(bytes) {}                            // NOLINT
  Value(const core::Bytes& bytes) : value_(core::ByteView(bytes)) {}        // NOLINT
  Value(core::Timestamp time) : value_(core::to_unix_ms(time)) {}           // NOLINT: stored as Unix milliseconds
  template <class T>
  Value(const std::optional<T>& value) {  // NOLINT: absent is NULL
    if (value)
      value_ = Value(*value).value_;
    else
      value_ = nullptr;
  }
  const auto& variant() const { return value_; }

 private:
  std::variant<std::nullptr_t, std::int64_t, std::string_view, core::ByteView> value_;
};

using Values = std::span<const Value>;

// One row of a result, valid only while the callback that got it runs. Columns count from 0.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string text(int column) const = 0;
  virtual core::Bytes blob(int column) const = 0;
  bool boolean(int column) const { return integer(column) != 0; }
  core::Timestamp time(int column) const { return core::from_unix_ms(integer(column)); }
  std::optional<std::string> optional_text(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;
  std::optional<core::Timestamp> optional_time(int column) const;
  std::optional<core::Bytes> optional_blob(int column) const;
};

// Reads in one consistent snapshot. Statements are prepared once a connection and kept.
class Reader {
 public:
  virtual ~Reader() = default;
  // Calls `each` for every row, in order; stops early when it returns false.
  [[nodiscard]] virtual Expected<void> query(std::string_view sql, Values values,
                                             const std::function<bool(const Row&)>& each) = 0;
  [[nodiscard]] Expected<void> query(std::string_view sql, std::initializer_list<Value> values,
                                     const std::function<bool(const Row&)>& each) {
    return query(sql, Values(values.begin(), values.size()), each);
  }
};

// Reads and changes, all or nothing.
class Transaction : public Reader {
 public:
  // Number of rows changed. A broken UNIQUE, CHECK or foreign key fails with conflict; a full disk with storage_full.
  [[nodiscard]] virtual Expected<std::int64_t> execute(std::string_view sql, Values values) = 0;
  [[nodiscard]] Expected<std::int64_t> execute(std::string_view sql, std::initializer_list<Value> values = {}) {
    return execute(sql, Values(values.begin(), values.size()));
  }
};

struct DatabaseOptions {
  int readers = 4;
  std::chrono::milliseconds busy_timeout{5000};  // waits this long for another process (kithd user add) to finish
  // For tests on tmpfs only; production keeps it on.
  bool synchronous_full = true;
};

class Database {
 public:
  // Opens or makes `file` (0600) and brings its schema up to date. Fails with a clear text when the schema is newer
  // than this program's, or the file is not a database.
  [[nodiscard]] static Expected<std::unique_ptr<Database>> open(const std::filesystem::path& file,
                                                                const DatabaseOptions& options = {});
  virtual ~Database() = default;

  // BEGIN IMMEDIATE, `work`, COMMIT; rolled back when `work` fails (its error is handed on). `work` runs exactly once
  // and must not call write() again.
  [[nodiscard]] virtual Expected<void> write(const std::function<Expected<void>(Transaction&)>& work) = 0;
  // Waits for one of `options.readers` connections; `work` must not call read() again.
  [[nodiscard]] virtual Expected<void> read(const std::function<Expected<void>(Reader&)>& work) = 0;
  virtual int schema_version() const = 0;

  // The same for work that has a result: database.write_for<UserId>([&](Transaction& t) -> Expected<UserId> {…}).
  template <class T>
  [[nodiscard]] Expected<T> write_for(const std::function<Expected<T>(Transaction&)>& work) {
    std::optional<T> result;
    auto done = write([&](Transaction& transaction) -> Expected<void> {
      auto value = work(transaction);
      if (!value) return tl::make_unexpected(std::move(value.error()));
      result.emplace(std::move(*value));
      return {};
    });
    if (!done) return tl::make_unexpected(std::move(done.error()));
    return std::move(*result);
  }
  template <class T>
  [[nodiscard]] Expected<T> read_for(const std::function<Expected<T>(Reader&)>& work) {
    std::optional<T> result;
    auto done = read([&](Reader& reader) -> Expected<void> {
      auto value = work(reader);
      if (!value) return tl::make_unexpected(std::move(value.error()));
      result.emplace(std::move(*value));
      return {};
    });
    if (!done) return tl::make_unexpected(std::move(done.error()));
    return std::move(*result);
  }
};

}  // namespace kith::storage
