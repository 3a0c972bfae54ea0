#pragma once
// What lies on the disk: of whom, how much, and how much of it is known to be damaged. Thread-safe.

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>

#include "assets/catalogue.hpp"
#include "config/config.hpp"
#include "core/clock.hpp"
#include "daemon/api/operator_view.hpp"
#include "daemon/app/data_files.hpp"
#include "storage/blob_store.hpp"
#include "storage/database.hpp"

namespace kith::daemon {

// Contents that turned out, since the start, to be no longer what was stored; kMost at most.
class DamagedContent {
 public:
  static constexpr std::size_t kMost = 10'000;

  void note(const storage::BlobKey& key);
  std::size_t count() const;

 private:
  mutable std::mutex mutex_;
  std::set<storage::BlobKey> keys_;  // guarded by mutex_
};

// When content was verified last, and a backup made. `damaged` is the greater of what was found then and `noticed`.
[[nodiscard]] core::Expected<void> read_operations(storage::Database& database, std::size_t noticed, StorageView& view);

class StorageUse {
 public:
  struct Parts {
    const config::Config& config;
    storage::Database& database;
    assets::Catalogue& catalogue;
    const DamagedContent& damaged;
    const core::Clock& clock;
    const std::atomic<std::uint64_t>& keep_free;  // bytes, as they hold by now
  };
  explicit StorageUse(const Parts& parts) : parts_(parts), files_(parts.config.instance.data_dir) {}

  [[nodiscard]] core::Expected<StorageView> view();

 private:
  std::uint64_t thumbnails_bytes();
  core::Expected<std::vector<UserStorage>> users();

  const Parts parts_;
  const DataFiles files_;
  std::mutex mutex_;  // guards both below
  std::optional<std::chrono::steady_clock::time_point> walked_at_;
  std::uint64_t thumbnails_bytes_ = 0;
};

}  // namespace kith::daemon
