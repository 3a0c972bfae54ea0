#include "daemon/cli/restore.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <ostream>

#include "daemon/app/data_files.hpp"
#include "daemon/cli/backup_folder.hpp"
#include "daemon/cli/content_names.hpp"
#include "daemon/cli/progress.hpp"
#include "daemon/cli/restored_records.hpp"
#include "storage/database_copy.hpp"
#include "storage/file_blob_store.hpp"
#include "storage/posix_file.hpp"

namespace kith::daemon {

namespace fs = std::filesystem;
using core::ErrorCode;
using core::Expected;
using core::fail;
using storage::BlobKey;

namespace {

constexpr const char* kKeyFile = "master.key";

Expected<void> list(const BackupFolder& folder, std::ostream& out) {
  KITH_TRY_ASSIGN(names, folder.snapshots());
  for (const auto& name : names) {
    const auto manifest = folder.manifest(name);
    out << name << "  ";
    if (!manifest) {
      out << "can't be used: " << manifest.error().detail << "\n";
      continue;
    }
    out << fmt::format("{} files, {}", manifest->files, readable_bytes(manifest->bytes));
    if (!manifest->domain.empty()) out << ", " << printable(manifest->domain);
    if (!manifest->master_key) out << ", without master key";
    if (manifest->damaged > 0) out << fmt::format(", {} files missing", manifest->damaged);
    out << "\n";
  }
  if (names.empty()) out << "There is no whole backup in " << folder.path().string() << ".\n";
  return {};
}

Expected<std::string> choose(const BackupFolder& folder, const std::string& wanted) {
  KITH_TRY_ASSIGN(names, folder.snapshots());
  if (names.empty()) return fail(ErrorCode::not_found, folder.path().string() + ": there is no whole backup in it");
  if (wanted.empty()) return names.back();
  if (std::ranges::find(names, wanted) != names.end()) return wanted;
  return fail(ErrorCode::not_found, wanted + ": no such snapshot; `kithd restore FOLDER --list` lists them");
}

// What an earlier try left, and what may be prepared beforehand, is no reason to refuse.
Expected<void> require_empty(const DataFiles& files) {
  std::error_code failed;
  const bool goes_on = fs::exists(files.unfinished_database(), failed);
  for (const auto& entry : fs::directory_iterator(files.directory(), failed)) {
    const auto name = entry.path().filename().string();
    const bool fine = name == "lock" || name == "lost+found" || name == kKeyFile ||
                      (goes_on && (name == "blobs" || name.starts_with("restoring.db")));
    if (!fine) {
      return fail(ErrorCode::conflict, files.directory().string() +
                                           ": is not empty. Nothing was changed: move what is in it elsewhere, or name "
                                           "another folder with --into");
    }
  }
  if (failed) return storage::system_failure(files.directory().string(), failed.value());
  return {};
}

// Of files made by root, too.
Expected<void> give_to_daemon(const fs::path& file) {
  const storage::Descriptor folder(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const storage::Descriptor opened(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder || !opened) return storage::system_failure(file.string(), errno);
  return storage::give_to_owner_of(folder.get(), opened.get());
}

Expected<void> bring_master_key(const DataFiles& files, const fs::path& snapshot, const Manifest& manifest,
                                std::ostream& out) {
  const auto place = files.directory() / kKeyFile;
  std::error_code failed;
  const bool there = fs::exists(place, failed);
  if (!manifest.master_key) {
    if (!there) {
      out << "The backup has no master key: put yours at " << place.string()
          << " (or the systemd credential kith-master-key) before you start kithd.\n";
    }
    return {};
  }
  if (!there) KITH_TRY(copy_private_file(snapshot / kKeyFile, place));
  KITH_TRY(give_to_daemon(place));
  KITH_TRY_ASSIGN(digest, digest_of_file(place));
  if (digest == *manifest.master_key) return {};
  return fail(ErrorCode::conflict, there ? place.string() +
                                               ": is another master key than that of the backup; move it "
                                               "elsewhere and run this again"
                                         : (snapshot / kKeyFile).string() + ": is damaged");
}

// The records as they are to be used from now on, not under their name yet.
Expected<void> bring_records(const DataFiles& files, const fs::path& snapshot, const Manifest& manifest) {
  std::error_code failed;
  for (const char* ending : {"", "-wal", "-shm"}) fs::remove(files.unfinished_database().string() + ending, failed);
  KITH_TRY_ASSIGN(digest, copy_private_file(snapshot / "kith.db", files.unfinished_database()));
  KITH_TRY(give_to_daemon(files.unfinished_database()));
  if (digest != manifest.database) {
    (void)fs::remove(files.unfinished_database(), failed);
    return fail(ErrorCode::content_damaged,
                (snapshot / "kith.db").string() + ": is damaged. Name an older snapshot with --snapshot");
  }
  {
    KITH_TRY_ASSIGN(database, storage::Database::open(files.unfinished_database(), {.readers = 1}));
    KITH_TRY(settle_restored_records(*database));
  }
  // Closed, it is one file, which can be given another name.
  if (!fs::exists(files.unfinished_database().string() + "-wal", failed)) return {};
  return fail(ErrorCode::storage_failed, files.unfinished_database().string() + ": could not be closed; try again");
}

struct Counts {
  std::uint64_t files = 0;
  std::uint64_t bad = 0;
};

Expected<Counts> bring_content(storage::DatabaseCopy& records, storage::FileBlobStore& kept,
                               storage::FileBlobStore& live, Progress& progress, std::ostream& out) {
  Counts counts;
  Expected<void> done;
  KITH_TRY(each_named_content(records, [&](const BlobKey& key, std::uint64_t size) {
    const auto there = live.contains(key);
    if (there && *there)
      progress.add(size);
    else
      done = live.copy(kept, key, [&](std::size_t bytes) { progress.add(bytes); });
    if (done) {
      ++counts.files;
      return true;
    }
    if (done.error().code != ErrorCode::content_damaged && done.error().code != ErrorCode::not_found) return false;
    ++counts.bad;
    const auto name = name_of_content(records, key);
    progress.make_way();
    out << "damaged or missing in the backup: " << (name ? *name : key.owner.text()) << "\n";
    done = {};
    return true;
  }));
  KITH_TRY(done);
  return counts;
}

Expected<void> finish(const DataFiles& files) {
  KITH_TRY(give_to_daemon(files.directory() / "lock"));
  KITH_TRY(sync_folder(files.directory()));
  if (::rename(files.unfinished_database().c_str(), files.database().c_str()) != 0)
    return storage::system_failure(files.database().string(), errno);
  return sync_folder(files.directory());
}

void tell(const DataFiles& files, const std::string& name, const Counts& counts, std::ostream& out) {
  out << fmt::format("{} is restored into {}: {} files.\n", name, files.directory().string(), counts.files);
  if (counts.bad > 0) {
    out << fmt::format("{} files could not be brought back; they are listed, and can't be opened.\n", counts.bad);
  }
  out << "Everybody logs in anew. What changed after the backup is undone: passwords and tokens changed or taken back\n"
         "since are as before. Connections go on, but those whose keys were changed since must be made anew, and\n"
         "requests that were not finished are given up. Never run the old and the restored instance both.\n";
}

}  // namespace

Expected<ExitStatus> run_restore(const config::Config& config, const RestoreCommand& command, std::ostream& out,
                                 std::ostream& progress, bool shown) {
  KITH_TRY_ASSIGN(folder, BackupFolder::open(command.folder));
  if (command.list) return list(folder, out).map([] { return ExitStatus::done; });
  KITH_TRY_ASSIGN(name, choose(folder, command.snapshot));
  KITH_TRY_ASSIGN(manifest, folder.manifest(name));
  const DataFiles files(command.into.empty() ? config.instance.data_dir : command.into);
  KITH_TRY(files.make());
  KITH_TRY_ASSIGN(held, files.lock());
  KITH_TRY(require_empty(files));

  const auto snapshot = folder.snapshot(name);
  KITH_TRY(bring_records(files, snapshot, manifest));
  KITH_TRY(bring_master_key(files, snapshot, manifest, out));
  KITH_TRY_ASSIGN(records, storage::DatabaseCopy::open(snapshot / "kith.db"));
  KITH_TRY_ASSIGN(total, named_content_total(records));
  storage::Disk disk;
  KITH_TRY_ASSIGN(kept, storage::FileBlobStore::open(folder.content(), {}, disk));
  storage::FileBlobStoreOptions options;
  options.keep_free_bytes = config.storage.keep_free_bytes;
  options.synchronous = config.storage.synchronous;
  KITH_TRY_ASSIGN(live, storage::FileBlobStore::open(files.blobs(), options, disk));
  KITH_TRY(live->clear_unfinished());
  Progress line(progress, shown, "Restoring", total.bytes);
  KITH_TRY_ASSIGN(counts, bring_content(records, *kept, *live, line, out));
  KITH_TRY(finish(files));
  line.make_way();
  tell(files, name, counts, out);
  return counts.bad > 0 ? ExitStatus::damage : ExitStatus::done;
}

}  // namespace kith::daemon
