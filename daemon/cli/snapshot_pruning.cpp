#include "daemon/cli/snapshot_pruning.hpp"

#include "daemon/cli/content_names.hpp"
#include "storage/database_copy.hpp"

namespace kith::daemon {

using core::Expected;
using storage::BlobKey;

namespace {

Expected<bool> is_named_by_any(std::vector<storage::DatabaseCopy>& snapshots, const BlobKey& key) {
  for (auto& snapshot : snapshots) {
    KITH_TRY_ASSIGN(named, is_named(snapshot, key));
    if (named) return true;
  }
  return false;
}

}  // namespace

Expected<Pruned> prune_snapshots(BackupFolder& folder, storage::FileBlobStore& kept, int keep) {
  Pruned pruned;
  KITH_TRY_ASSIGN(names, folder.snapshots());
  while (names.size() > static_cast<std::size_t>(keep)) {
    KITH_TRY(folder.remove_snapshot(names.front()));
    names.erase(names.begin());
    ++pruned.snapshots;
  }
  if (pruned.snapshots == 0) return pruned;
  std::vector<storage::DatabaseCopy> snapshots;
  for (const auto& name : names) {
    KITH_TRY_ASSIGN(opened, storage::DatabaseCopy::open(folder.snapshot(name) / "kith.db"));
    snapshots.push_back(std::move(opened));
  }
  Expected<void> done;
  KITH_TRY(kept.for_each([&](const BlobKey& key) {
    if (!done) return;
    const auto named = is_named_by_any(snapshots, key);
    if (!named) {
      done = tl::make_unexpected(named.error());
    } else if (!*named) {
      done = kept.remove(key);
      pruned.files += done ? 1 : 0;
    }
  }));
  KITH_TRY(done);
  return pruned;
}

}  // namespace kith::daemon
