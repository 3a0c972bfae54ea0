#include "daemon/app/storage_use.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "daemon/doctor/probes.hpp"
#include "storage/operations.hpp"

namespace kith::daemon {
namespace {

using core::Expected;

constexpr std::chrono::seconds kWalkedAnew{60};

std::uint64_t size_of(const std::filesystem::path& file) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  return failed ? 0 : size;
}

// Files come and go meanwhile; what can't be read counts as nothing.
std::uint64_t size_of_folder(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::uint64_t total = 0;
  std::error_code failed;
  fs::recursive_directory_iterator walk(folder, fs::directory_options::skip_permission_denied, failed);
  for (; !failed && walk != fs::recursive_directory_iterator(); walk.increment(failed)) {
    std::error_code gone;
    if (walk->is_regular_file(gone)) total += size_of(walk->path());
  }
  return total;
}

// What `kithd verify` wrote; nothing if it can't be read.
std::optional<Verification> verification_of(const storage::Operation& operation) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  const auto detail = core::parse_json_object(operation.detail);
  if (!detail) return std::nullopt;
  const auto checked = core::required_integer(*detail, "checked", 0, kMost);
  const auto damaged = core::required_integer(*detail, "damaged", 0, kMost);
  if (!checked || !damaged) return std::nullopt;
  return Verification{operation.finished_at, *checked, *damaged};
}

}  // namespace

void DamagedContent::note(const storage::BlobKey& key, core::Timestamp now) {
  std::lock_guard lock(mutex_);
  if (noticed_.size() < kMost || noticed_.contains(key)) noticed_[key] = now;
}

std::int64_t DamagedContent::count(std::optional<core::Timestamp> since) const {
  std::lock_guard lock(mutex_);
  return std::ranges::count_if(noticed_, [&](const auto& one) { return !since || one.second > *since; });
}

Expected<void> read_operations(storage::Database& database, const DamagedContent* noticed, StorageView& view) {
  KITH_TRY(database.read([&](storage::Reader& reader) -> Expected<void> {
    KITH_TRY_ASSIGN(verified, last_operation(reader, storage::kVerifyOperation));
    KITH_TRY_ASSIGN(saved, last_operation(reader, storage::kBackupOperation));
    if (verified) view.last_verification = verification_of(*verified);
    if (saved) view.last_backup_at = saved->finished_at;
    return {};
  }));
  const auto& last = view.last_verification;
  const auto since = noticed != nullptr ? noticed->count(last ? std::optional(last->finished_at) : std::nullopt) : 0;
  view.damaged = std::max(last ? last->damaged : 0, since);
  return {};
}

std::uint64_t StorageUse::thumbnails_bytes() {
  std::lock_guard lock(mutex_);
  const auto now = parts_.clock.steady();
  if (!walked_at_ || now - *walked_at_ >= kWalkedAnew) {
    thumbnails_bytes_ = size_of_folder(files_.thumbnails());
    walked_at_ = now;
  }
  return thumbnails_bytes_;
}

// Who have most content; what counts against the quota is asked for those only.
Expected<std::vector<UserStorage>> StorageUse::users() {
  std::vector<UserStorage> users;
  KITH_TRY(parts_.database.read([&](storage::Reader& reader) {
    return reader.query(
        "SELECT u.id, u.handle, u.email, u.quota_bytes FROM users u LEFT JOIN "
        "(SELECT owner, sum(size) AS bytes FROM blobs GROUP BY owner) b ON b.owner = u.id "
        "WHERE u.is_local = 1 AND u.deleted_at IS NULL ORDER BY coalesce(b.bytes, 0) DESC, u.id LIMIT ?",
        {OperatorView::kMostUsers}, [&](const storage::Row& row) {
          const auto id = core::UserId::parse(row.text(0));
          if (id) users.push_back({*id, row.text(1), row.text(2), 0, static_cast<std::uint64_t>(row.integer(3))});
          return true;
        });
  }));
  for (auto& user : users) {
    KITH_TRY_ASSIGN(used, parts_.catalogue.used_bytes(user.user));
    user.used_bytes = used;
  }
  std::ranges::stable_sort(users, std::ranges::greater{}, &UserStorage::used_bytes);
  return users;
}

Expected<StorageView> StorageUse::view() {
  StorageView view;
  const auto space = probe_disk(files_.directory(), parts_.keep_free);
  if (!space)
    return core::fail(core::ErrorCode::storage_failed, "the file system of the data folder does not tell its size");
  view.disk = {space->path, space->total_bytes, space->free_bytes, space->keep_free_bytes};
  KITH_TRY(parts_.database.read([&](storage::Reader& reader) {
    return reader.query("SELECT count(*), coalesce(sum(size), 0) FROM blobs", {}, [&](const storage::Row& row) {
      view.content_count = row.integer(0);
      view.content_bytes = row.integer(1);
      return false;
    });
  }));
  auto log_of_changes = files_.database();
  log_of_changes += "-wal";
  view.database_bytes = size_of(files_.database()) + size_of(log_of_changes);
  view.thumbnails_bytes = thumbnails_bytes();
  KITH_TRY_ASSIGN(most, users());
  view.users = std::move(most);
  KITH_TRY(read_operations(parts_.database, &parts_.damaged, view));
  return view;
}

}  // namespace kith::daemon
