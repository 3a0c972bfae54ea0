#pragma once
// What goes with old snapshots of a folder of backups.

#include "daemon/cli/backup_folder.hpp"
#include "storage/file_blob_store.hpp"

namespace kith::daemon {

struct Pruned {
  int snapshots = 0;
  std::uint64_t files = 0;
};

// Keeps the newest `keep` snapshots, and content (`kept`) that one of them names. Whatever breaks off, the snapshots
// that are there stay whole: content goes last.
[[nodiscard]] core::Expected<Pruned> prune_snapshots(BackupFolder& folder, storage::FileBlobStore& kept, int keep);

}  // namespace kith::daemon
