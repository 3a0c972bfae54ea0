#include "daemon/cli/import.hpp"

#include <fmt/format.h>

#include <ostream>

#include "accounts/registry.hpp"
#include "core/clock.hpp"
#include "core/random.hpp"
#include "daemon/app/data_files.hpp"
#include "daemon/app/exchange_passwords.hpp"
#include "daemon/app/plugs.hpp"
#include "daemon/cli/folder_import.hpp"
#include "storage/disk.hpp"
#include "storage/file_blob_store.hpp"

namespace kith::daemon {

namespace fs = std::filesystem;
using core::ErrorCode;
using core::Expected;

namespace {

// Pages and peers hear nothing from here: they read again by themselves.
class NoEvents final : public assets::AssetEvents {
 public:
  void owned_changed(const core::UserId&) override {}
  void albums_changed(const core::UserId&) override {}
  void exchanges_changed(const core::UserId&) override {}
  void shared(const core::UserId&, const core::UserId&, std::span<const core::AssetId>) override {}
  void withdrawn(const core::UserId&, const core::UserId&, std::span<const core::AssetId>) override {}
  void changed(const core::UserId&, std::span<const core::UserId>, std::span<const core::AssetId>) override {}
};

void tell(const FolderImport::Counts& counts, bool dry_run, std::ostream& out) {
  out << fmt::format("{} files, {}, {}; {} were there already", counts.taken, readable_bytes(counts.bytes),
                     dry_run ? "would be taken in" : "taken in", counts.there);
  if (counts.passed > 0) out << fmt::format(", {} passed over", counts.passed);
  if (counts.failed > 0) out << fmt::format(", {} not taken", counts.failed);
  out << ".\n";
  if (counts.taken > 0 && !dry_run) out << "Photos get their thumbnails while the daemon runs.\n";
}

// The folder must not be what it goes into.
Expected<void> check_place(const DataFiles& files, const fs::path& folder) {
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) return core::fail(ErrorCode::not_found, folder.string() + ": is no folder");
  const auto data = fs::weakly_canonical(files.directory(), failed);
  const auto source = fs::weakly_canonical(folder, failed);
  const auto [in_data, in_source] = std::mismatch(data.begin(), data.end(), source.begin(), source.end());
  if (in_data != data.end() && in_source != source.end()) return {};
  return core::fail(ErrorCode::bad_request, folder.string() + ": has the data folder in it, or is in it");
}

}  // namespace

Expected<ExitStatus> run_import(const config::Config& config, const ImportCommand& command, std::ostream& out,
                                std::ostream& progress, bool shown) {
  const DataFiles files(config.instance.data_dir);
  if (!files.has_database())
    return core::fail(ErrorCode::not_found, files.directory().string() + ": there is no instance in this data folder");
  KITH_TRY(files.prepare());
  KITH_TRY(check_place(files, command.folder));
  const core::SystemClock clock;
  core::SystemRandom random;
  KITH_TRY_ASSIGN(database,
                  storage::Database::open(files.database(), {.synchronous_full = config.storage.synchronous}));
  storage::Disk disk;
  storage::FileBlobStoreOptions options;
  options.keep_free_bytes = config.storage.keep_free_bytes;
  options.synchronous = config.storage.synchronous;
  KITH_TRY_ASSIGN(blobs, storage::FileBlobStore::open(files.blobs(), options, disk));
  // Neither the daemon nor this process removes content while the other may be about to name it.
  KITH_TRY_ASSIGN(held, blobs->hold());
  accounts::Registry registry(*database, clock, random, config);
  KITH_TRY_ASSIGN(user, registry.find_local(command.user));
  AccountQuotas quotas(registry.users());
  AccountsExchangePasswords passwords(registry.passwords(), clock);
  NoEvents events;
  assets::Assets assets(*database, *blobs, clock, random, config, quotas, passwords, events, core::Logger::none());

  FolderSize all;
  KITH_TRY(walk_folder(command.folder, all));
  Progress line(progress, shown, command.dry_run ? "Looking" : "Importing", all.bytes);
  const auto top = fs::weakly_canonical(command.folder).filename().string();
  FolderImport importing({assets, user.id, line, out, command.dry_run, command.albums, top});
  const auto done = walk_folder(command.folder, importing);
  line.make_way();
  tell(importing.counts(), command.dry_run, out);
  KITH_TRY(done);
  return importing.counts().failed > 0 ? ExitStatus::failed : ExitStatus::done;
}

}  // namespace kith::daemon
