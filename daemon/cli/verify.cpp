#include "daemon/cli/verify.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "daemon/app/data_files.hpp"
#include "daemon/cli/backup_folder.hpp"
#include "daemon/cli/verification.hpp"
#include "storage/operations.hpp"

namespace kith::daemon {

using core::ErrorCode;
using core::Expected;
using storage::BlobKey;

namespace {

// What one verification works with.
struct Surroundings {
  storage::Database& database;
  storage::FileBlobStore& live;
  std::ostream& out;
};

struct Strays {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

Expected<bool> has_row(storage::Database& database, const BlobKey& key) {
  return database.read_for<bool>([&](storage::Reader& reader) -> Expected<bool> {
    bool found = false;
    KITH_TRY(reader.query("SELECT 1 FROM blobs WHERE owner = ? AND digest = ?", {key.owner.text(), key.digest.view()},
                          [&](const storage::Row&) { return !(found = true); }));
    return found;
  });
}

// Content no row knows. Asked twice: an upload's content is there a moment before its row is.
Expected<Strays> count_strays(const Surroundings& with) {
  constexpr std::size_t kMostRemembered = 10'000;
  std::vector<BlobKey> suspects;
  Expected<void> done;
  KITH_TRY(with.live.for_each([&](const BlobKey& key) {
    if (!done || suspects.size() == kMostRemembered) return;
    const auto known = has_row(with.database, key);
    if (!known)
      done = tl::make_unexpected(known.error());
    else if (!*known)
      suspects.push_back(key);
  }));
  KITH_TRY(done);
  Strays strays;
  for (const auto& key : suspects) {
    KITH_TRY_ASSIGN(known, has_row(with.database, key));
    if (known) continue;
    ++strays.files;
    strays.bytes += with.live.size_of(key).value_or(0);
  }
  return strays;
}

Expected<std::string> name_of(storage::Database& database, const BlobKey& key) {
  return database.read_for<std::string>([&](storage::Reader& reader) { return name_of_content(reader, key); });
}

Expected<void> list(const Surroundings& with, const Verification& verification) {
  for (const auto& finding : verification.findings()) {
    KITH_TRY_ASSIGN(name, name_of(with.database, finding.key));
    with.out << (finding.fault == Verification::Fault::damaged ? "damaged: " : "missing: ") << name << "\n";
  }
  return {};
}

// How many could be brought back.
Expected<std::uint64_t> repair(const Surroundings& with, const Verification& verification,
                               const std::filesystem::path& from) {
  KITH_TRY_ASSIGN(folder, BackupFolder::open(from));
  storage::Disk disk;
  KITH_TRY_ASSIGN(kept, storage::FileBlobStore::open(folder.content(), {}, disk));
  std::uint64_t repaired = 0;
  for (const auto& finding : verification.findings()) {
    KITH_TRY_ASSIGN(name, name_of(with.database, finding.key));
    const auto copied = with.live.copy(*kept, finding.key, [](std::size_t) {});
    if (copied) {
      ++repaired;
      with.out << "repaired: " << name << "\n";
    } else if (copied.error().code == ErrorCode::not_found || copied.error().code == ErrorCode::content_damaged) {
      with.out << "not repaired, the backup has no sound copy: " << name << "\n";
    } else {
      return tl::make_unexpected(copied.error());
    }
  }
  return repaired;
}

Expected<void> note_done(storage::Database& database, std::uint64_t checked, std::uint64_t damaged) {
  const core::Json detail{{"checked", checked}, {"damaged", damaged}};
  return database.write([&](storage::Transaction& transaction) {
    return note_operation(transaction, storage::kVerifyOperation, {core::SystemClock().now(), detail.dump()});
  });
}

void tell_what_to_do(std::ostream& out, std::uint64_t left) {
  if (left == 0) return;
  out << fmt::format(
      "{} files are damaged or missing. `kithd verify --repair-from FOLDER` brings them back from a folder of "
      "backups;\n"
      "uploading the same file again mends it too, and deleting it makes an end of it. A disk that damages files is\n"
      "about to fail: look at `smartctl -a` and the kernel's log.\n",
      left);
}

}  // namespace

Expected<ExitStatus> run_verify(const config::Config& config, const VerifyCommand& command, std::ostream& out,
                                std::ostream& progress, bool shown) {
  const DataFiles files(config.instance.data_dir);
  if (!files.has_database())
    return core::fail(ErrorCode::not_found, files.directory().string() + ": there is no instance in this data folder");
  KITH_TRY(files.prepare());
  KITH_TRY_ASSIGN(database, storage::Database::open(files.database(), {.readers = command.jobs + 1}));
  storage::Disk disk;
  storage::FileBlobStoreOptions options;
  options.synchronous = config.storage.synchronous;
  KITH_TRY_ASSIGN(live, storage::FileBlobStore::open(files.blobs(), options, disk));
  const Surroundings with{*database, *live, out};

  KITH_TRY_ASSIGN(
      total, database->read_for<ContentTotal>([](storage::Reader& reader) { return named_content_total(reader); }));
  Progress line(progress, shown, "Verifying", total.bytes);
  Verification verification(*database, *live, line, command.quick);
  KITH_TRY(verification.run(command.jobs));
  line.make_way();
  out << fmt::format("{} files, {} {}.\n", verification.checked(), readable_bytes(line.bytes()),
                     command.quick ? "there" : "read, " + readable_rate(line.bytes(), line.time()));
  KITH_TRY(list(with, verification));
  auto left = verification.faults();
  if (left > 0 && !command.repair_from.empty()) {
    KITH_TRY_ASSIGN(repaired, repair(with, verification, command.repair_from));
    left -= repaired;
  }
  KITH_TRY_ASSIGN(strays, count_strays(with));
  if (strays.files > 0) {
    out << fmt::format("{} files, {}, belong to nothing any more: the running daemon removes them within hours.\n",
                       strays.files, readable_bytes(strays.bytes));
  }
  tell_what_to_do(out, left);
  if (!command.quick) KITH_TRY(note_done(*database, verification.checked(), left));
  return left > 0 ? ExitStatus::damage : ExitStatus::done;
}

}  // namespace kith::daemon
