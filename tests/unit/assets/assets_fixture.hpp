#pragma once
// What the tests of assets/ stand on: a real database in a temporary folder, content in memory, a clock set by hand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "assets/assets.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/memory_blob_store.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::assets {

// 1 TiB for everybody who was not given another quota.
class FixedQuotas final : public Quotas {
 public:
  core::Expected<std::uint64_t> quota_bytes(const core::UserId& user) override {
    const std::lock_guard lock(mutex_);
    const auto found = bytes_.find(user);
    return found == bytes_.end() ? 1ull << 40 : found->second;
  }
  void set(const core::UserId& user, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    bytes_[user] = bytes;
  }

 private:
  std::mutex mutex_;  // guards bytes_
  std::map<core::UserId, std::uint64_t> bytes_;
};

// No hash at all, and ten wrong ones are too many.
class PlainPasswords final : public ExchangePasswords {
 public:
  core::Expected<std::string> hash(std::string_view password) override { return "hash of " + std::string(password); }
  core::Expected<bool> verify(const ExchangeId&, std::string_view, std::string_view password,
                              const std::string& hash) override {
    if (wrong_ >= 10) return core::fail(core::ErrorCode::too_many_requests, "too many wrong ones");
    const bool is_right = hash == "hash of " + std::string(password);
    if (!is_right) ++wrong_;
    return is_right;
  }

 private:
  std::atomic<int> wrong_{0};
};

// Each event as "what owner-handle>viewer-handle[,…] number-of-assets".
class RecordedEvents final : public AssetEvents {
 public:
  void shared(const core::UserId& owner, const core::UserId& viewer, std::span<const core::AssetId> assets) override {
    record("shared", owner, std::span(&viewer, 1), assets);
  }
  void withdrawn(const core::UserId& owner, const core::UserId& viewer,
                 std::span<const core::AssetId> assets) override {
    record("withdrawn", owner, std::span(&viewer, 1), assets);
  }
  void changed(const core::UserId& owner, std::span<const core::UserId> viewers,
               std::span<const core::AssetId> assets) override {
    record("changed", owner, viewers, assets);
  }
  void owned_changed(const core::UserId& owner) override {
    const std::lock_guard lock(mutex_);
    ++owned_changes_[owner];
  }
  void albums_changed(const core::UserId&) override { ++albums_changes_; }
  void exchanges_changed(const core::UserId&) override { ++exchanges_changes_; }
  // How often it was told so far that somebody's exchanges changed.
  int exchanges_changes() { return exchanges_changes_; }
  // How often it was told so far that somebody's albums changed.
  int albums_changes() { return albums_changes_; }
  // How often it was told so far that what `owner` has is different.
  int owned_changes(const core::UserId& owner) {
    const std::lock_guard lock(mutex_);
    return owned_changes_[owner];
  }
  // The others since the last call.
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }
  std::map<core::UserId, std::string> handles;

 private:
  void record(std::string what, const core::UserId& owner, std::span<const core::UserId> viewers,
              std::span<const core::AssetId> assets) {
    const std::lock_guard lock(mutex_);
    std::set<std::string> names;
    for (const auto& viewer : viewers) names.insert(handles.at(viewer));
    what += " " + handles.at(owner) + ">";
    for (const auto& name : names) what += name + ",";
    what.back() = ' ';
    events_.push_back(what + std::to_string(assets.size()));
  }
  std::mutex mutex_;  // guards those below
  std::vector<std::string> events_;
  std::map<core::UserId, int> owned_changes_;
  std::atomic<int> albums_changes_{0};
  std::atomic<int> exchanges_changes_{0};
};

// The real database, until it is told to lose what is written: as if the process had died before the commit.
class FragileDatabase final : public storage::Database {
 public:
  explicit FragileDatabase(std::unique_ptr<storage::Database> real) : real_(std::move(real)) {}
  core::Expected<void> write(const std::function<core::Expected<void>(storage::Transaction&)>& work) override {
    return real_->write([&](storage::Transaction& transaction) -> core::Expected<void> {
      KITH_TRY(work(transaction));
      if (broken_with != core::ErrorCode::count_) return core::fail(broken_with, "the database is broken");
      return {};
    });
  }
  core::Expected<void> read(const std::function<core::Expected<void>(storage::Reader&)>& work) override {
    auto done = real_->read(work);
    if (after_read) after_read();
    return done;
  }
  int schema_version() const override { return real_->schema_version(); }

  core::ErrorCode broken_with = core::ErrorCode::count_;  // count_: not broken
  std::function<void()> after_read;                       // what others do right behind a read; set without threads

 private:
  std::unique_ptr<storage::Database> real_;
};

class AssetsTest : public testing::Test {
 protected:
  AssetsTest() {
    storage::DatabaseOptions options;
    options.synchronous_full = false;
    auto opened = storage::Database::open(folder_ / "kith.db", options);
    if (!opened) throw std::runtime_error(opened.error().detail);
    database_ = std::make_unique<FragileDatabase>(std::move(*opened));
    build();
    alice_ = add_user("alice");
    bob_ = add_user("bob", "b.example");
    carol_ = add_user("carol");
  }

  // Puts the service together (again), as a start of the daemon does.
  void build() {
    assets_.reset();
    assets_ = std::make_unique<Assets>(*database_, blobs_, clock_, random_, config_, quotas_, passwords_, events_,
                                       core::Logger::none());
  }

  core::UserId add_user(const std::string& handle, const std::optional<std::string>& domain = {}) {
    auto id = core::UserId::make(clock_, random_);
    const std::optional<std::string> email = domain ? std::nullopt : std::optional(handle + "@mail.example");
    const auto done = database_->write([&](storage::Transaction& transaction) -> core::Expected<void> {
      KITH_TRY(
          transaction.execute("INSERT INTO users (id, handle, domain, is_local, email, permission, state, quota_bytes, "
                              "created_at, updated_at) "
                              "VALUES (?, ?, ?, ?, ?, ?, 'active', 0, 0, 0)",
                              {id.text(), handle, domain, !domain, email, domain ? "none" : "user"}));
      return {};
    });
    if (!done) throw std::runtime_error(done.error().detail);
    events_.handles[id] = handle;
    return id;
  }

  core::Expected<Asset> try_put(const core::UserId& owner, std::string_view name, std::string_view content) {
    KITH_TRY_ASSIGN(upload, assets_->uploads().begin(owner, name, content.size()));
    KITH_TRY(upload->write(core::as_bytes(content)));
    return upload->commit();
  }
  Asset put(const core::UserId& owner, std::string_view name, std::string_view content) {
    auto asset = try_put(owner, name, content);
    if (!asset) throw std::runtime_error(asset.error().detail);
    return *asset;
  }
  core::Expected<std::string> content_of(const core::UserId& owner, const core::AssetId& id) {
    KITH_TRY_ASSIGN(content, assets_->catalogue().open(owner, id));
    return all_of(*content.reader);
  }
  static std::string all_of(storage::BlobReader& reader) {
    core::Bytes bytes(reader.size() + 1);
    bytes.resize(reader.read(0, bytes).value_or(0));
    return std::string(core::as_text(bytes));
  }
  static storage::BlobKey key_of(const Asset& asset) { return {asset.owner, asset.digest}; }

  std::int64_t count_rows(const std::string& table) {
    std::int64_t count = -1;
    const auto done = database_->read([&](storage::Reader& reader) {
      return reader.query("SELECT count(*) FROM " + table, {}, [&](const storage::Row& row) {
        count = row.integer(0);
        return false;
      });
    });
    return done ? count : -1;
  }
  void sweep_all() {
    for (bool more = true; more;) more = assets_->sweep().value().more;
  }

  test::TempDir folder_;
  test::FakeClock clock_;
  test::SeededRandom random_;
  test::MemoryBlobStore blobs_;
  config::Config config_;
  FixedQuotas quotas_;
  PlainPasswords passwords_;
  RecordedEvents events_;
  std::unique_ptr<FragileDatabase> database_;
  std::unique_ptr<Assets> assets_;
  core::UserId alice_;  // lives here, like carol
  core::UserId bob_;    // lives elsewhere
  core::UserId carol_;
};

// The code of a failed Expected; count_ for success.
template <class T>
core::ErrorCode code_of(const core::Expected<T>& result) {
  return result ? core::ErrorCode::count_ : result.error().code;
}

}  // namespace kith::assets
