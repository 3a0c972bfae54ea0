#pragma once
// What lies on the disk: of whom, how much, and how much of it is known to be damaged. Thread-safe.

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>

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

  void note(const storage::BlobKey& key, core::Timestamp now);
  // What was noticed later than `since`: a verification knows better of what came before it.
  std::int64_t count(std::optional<core::Timestamp> since) const;

 private:
  mutable std::mutex mutex_;
  std::map<storage::BlobKey, core::Timestamp> noticed_;  // the last time; guarded by mutex_
};

// When content was verified last, and a backup made. `damaged` is what was found then or, when that is more, `noticed`
// since; `noticed` may be null.
[[nodiscard]] core::Expected<void> read_operations(storage::Database& database, const DamagedContent* noticed,
                                                   StorageView& view);

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
