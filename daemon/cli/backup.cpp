#include "daemon/cli/backup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "daemon/app/data_files.hpp"
#include "daemon/cli/backup_folder.hpp"
#include "daemon/cli/content_names.hpp"
#include "daemon/cli/progress.hpp"
#include "daemon/cli/snapshot_pruning.hpp"
#include "storage/database_copy.hpp"
#include "storage/file_blob_store.hpp"
#include "storage/operations.hpp"

namespace kith::daemon {

namespace fs = std::filesystem;
using core::ErrorCode;
using core::Expected;
using core::fail;
using storage::BlobKey;

namespace {

// What one backup works with.
struct Backup {
  const DataFiles& files;
  BackupFolder& folder;
  storage::FileBlobStore& live;
  storage::FileBlobStore& kept;
  std::ostream& out;
  Manifest manifest{};
  std::uint64_t copied_bytes = 0;
  bool linked = false;  // content gets a second name in the place of a copy
};

Expected<void> check_place(const DataFiles& files, const fs::path& folder) {
  if (!files.has_database())
    return fail(ErrorCode::not_found, files.directory().string() + ": there is no instance in this data folder");
  std::error_code failed;
  const auto data = fs::weakly_canonical(files.directory(), failed);
  const auto target = fs::weakly_canonical(folder, failed);
  const auto [end, _] = std::mismatch(data.begin(), data.end(), target.begin(), target.end());
  if (end == data.end()) {
    return fail(ErrorCode::bad_request,
                folder.string() + ": is inside the data folder. Name a folder elsewhere, best on another disk");
  }
  return {};
}

Expected<void> require_room(const fs::path& folder, std::uint64_t needed) {
  std::error_code failed;
  const auto there = fs::space(folder, failed);
  if (failed) return fail(ErrorCode::storage_failed, folder.string() + ": " + failed.message());
  if (there.available >= needed) return {};
  return fail(
      ErrorCode::storage_full,
      fmt::format("{}: there are {} free and the backup takes {}: {} are missing. Nothing was copied", folder.string(),
                  readable_bytes(there.available), readable_bytes(needed), readable_bytes(needed - there.available)));
}

std::uint64_t size_or_zero(const fs::path& file) {
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  return failed ? 0 : size;
}

Expected<void> copy_master_key(Backup& backup, bool wanted) {
  std::error_code failed;
  const auto key = backup.files.directory() / "master.key";
  if (!wanted) return {};
  if (!fs::exists(key, failed)) {
    backup.out << "The master key is not in the data folder (systemd keeps it, as the credential kith-master-key?), so "
                  "it is not in the backup: keep a copy of it elsewhere. Without it the backup is of no use.\n";
    return {};
  }
  KITH_TRY_ASSIGN(digest, copy_private_file(key, backup.folder.unfinished() / "master.key"));
  backup.manifest.master_key = digest;
  return {};
}

Expected<void> copy_records(Backup& backup, bool with_key) {
  KITH_TRY(require_room(backup.folder.path(), size_or_zero(backup.files.database()) +
                                                  size_or_zero(backup.files.database().string() + "-wal")));
  KITH_TRY(backup.folder.begin_snapshot());
  const auto copy = backup.folder.unfinished() / "kith.db";
  KITH_TRY(storage::copy_database(backup.files.database(), copy));
  KITH_TRY_ASSIGN(digest, digest_of_file(copy));
  backup.manifest.database = digest;
  return copy_master_key(backup, with_key);
}

// Bytes of content that is not there yet.
Expected<std::uint64_t> missing_bytes(Backup& backup, storage::DatabaseCopy& records) {
  std::uint64_t missing = 0;
  std::optional<BlobKey> probe;
  Expected<void> looked;
  KITH_TRY(each_named_content(records, [&](const BlobKey& key, std::uint64_t size) {
    const auto there = backup.kept.contains(key);
    if (!there) return looked = tl::make_unexpected(there.error()), false;
    if (*there) return true;
    missing += size;
    if (!probe) probe = key;
    return true;
  }));
  KITH_TRY(looked);
  if (probe) {
    KITH_TRY_ASSIGN(linked, backup.kept.link(backup.live, *probe));
    backup.linked = linked;
  }
  return missing;
}

// Nothing is lost by going on after content that is damaged or gone: the rest is worth a backup.
Expected<void> bring(Backup& backup, const BlobKey& key, std::uint64_t size, Progress& progress) {
  KITH_TRY_ASSIGN(there, backup.kept.contains(key));
  if (there) return {};
  if (backup.linked) {
    KITH_TRY_ASSIGN(linked, backup.kept.link(backup.live, key));
    if (linked) return progress.add(size), Expected<void>();
  }
  auto copied = backup.kept.copy(backup.live, key, [&](std::size_t bytes) { progress.add(bytes); });
  if (copied) backup.copied_bytes += size;
  return copied;
}

Expected<void> copy_content(Backup& backup, storage::DatabaseCopy& records, Progress& progress) {
  std::vector<BlobKey> bad;  // the first ones, to be named
  constexpr std::size_t kMostNamed = 1000;
  Expected<void> done;
  KITH_TRY(each_named_content(records, [&](const BlobKey& key, std::uint64_t size) {
    done = bring(backup, key, size, progress);
    const bool is_bad =
        !done && (done.error().code == ErrorCode::content_damaged || done.error().code == ErrorCode::not_found);
    if (done) {
      ++backup.manifest.files;
      backup.manifest.bytes += size;
    } else if (is_bad) {
      ++backup.manifest.damaged;
      if (bad.size() < kMostNamed) bad.push_back(key);
      done = {};
    }
    return done.has_value();
  }));
  KITH_TRY(done);
  progress.make_way();
  for (const auto& key : bad) {
    KITH_TRY_ASSIGN(name, name_of_content(records, key));
    backup.out << "not backed up, damaged or missing: " << name << "\n";
  }
  return {};
}

Expected<void> note_done(storage::Database& database, const Manifest& manifest) {
  const core::Json detail{{"files", manifest.files}, {"bytes", manifest.bytes}, {"damaged", manifest.damaged}};
  return database.write([&](storage::Transaction& transaction) {
    return note_operation(transaction, storage::kBackupOperation, {core::SystemClock().now(), detail.dump()});
  });
}

void tell(const Backup& backup, const std::string& name, std::chrono::steady_clock::duration time) {
  const auto& manifest = backup.manifest;
  backup.out << fmt::format("{}: {} files, {}", backup.folder.snapshot(name).string(), manifest.files,
                            readable_bytes(manifest.bytes));
  if (backup.linked)
    backup.out << " (files on the same file system are linked, not copied: a failing disk takes both)";
  else if (backup.copied_bytes > 0)
    backup.out << fmt::format(", {} of it new, {}", readable_bytes(backup.copied_bytes),
                              readable_rate(backup.copied_bytes, time));
  else
    backup.out << ", nothing of it new";
  backup.out << ".\n";
  if (manifest.master_key) {
    backup.out << "The backup has the master key: whoever can read it can open everything in it. Only your user can.\n";
  }
  if (manifest.damaged > 0) {
    backup.out << fmt::format(
        "{} files are damaged or missing here, and not in this backup; `kithd verify` lists them.\n", manifest.damaged);
  }
}

Expected<void> make_snapshot(Backup& backup, const BackupCommand& command, Progress& progress,
                             storage::DatabaseCopy& records) {
  KITH_TRY_ASSIGN(missing, missing_bytes(backup, records));
  if (!backup.linked) KITH_TRY(require_room(backup.folder.path(), missing));
  KITH_TRY(copy_content(backup, records, progress));
  KITH_TRY(backup.kept.sync_folders());
  KITH_TRY_ASSIGN(name, backup.folder.finish_snapshot(backup.manifest));
  tell(backup, name, progress.time());
  if (command.keep > 0) {
    KITH_TRY_ASSIGN(pruned, prune_snapshots(backup.folder, backup.kept, command.keep));
    if (pruned.snapshots > 0)
      backup.out << fmt::format("{} older snapshots were removed, with {} files.\n", pruned.snapshots, pruned.files);
  }
  return {};
}

}  // namespace

Expected<ExitStatus> run_backup(const config::Config& config, const BackupCommand& command, std::ostream& out,
                                std::ostream& progress, bool shown) {
  const DataFiles files(config.instance.data_dir);
  KITH_TRY(check_place(files, command.folder));
  KITH_TRY_ASSIGN(database, storage::Database::open(files.database(), {.readers = 1}));
  KITH_TRY_ASSIGN(folder, BackupFolder::open_or_make(command.folder));
  storage::Disk disk;
  KITH_TRY_ASSIGN(live, storage::FileBlobStore::open(files.blobs(), {}, disk));
  storage::FileBlobStoreOptions options;
  options.keep_free_bytes = 0;
  options.synchronous = config.storage.synchronous;
  KITH_TRY_ASSIGN(kept, storage::FileBlobStore::open(folder.content(), options, disk));
  KITH_TRY(kept->clear_unfinished());
  KITH_TRY_ASSIGN(held, live->hold());  // before the database is copied

  Backup backup{files, folder, *live, *kept, out};
  backup.manifest.made_at = core::SystemClock().now();
  backup.manifest.version = KITH_VERSION;
  backup.manifest.domain = config.instance.domain;
  KITH_TRY(copy_records(backup, !command.without_master_key));
  KITH_TRY_ASSIGN(records, storage::DatabaseCopy::open(folder.unfinished() / "kith.db"));
  KITH_TRY_ASSIGN(total, named_content_total(records));
  {
    Progress line(progress, shown, "Backing up", total.bytes);
    KITH_TRY(make_snapshot(backup, command, line, records));
  }
  KITH_TRY(note_done(*database, backup.manifest));
  return backup.manifest.damaged > 0 ? ExitStatus::damage : ExitStatus::done;
}

}  // namespace kith::daemon
