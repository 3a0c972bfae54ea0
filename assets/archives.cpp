#include "assets/archives.hpp"

#include <algorithm>
#include <unordered_set>

#include "assets/file_name.hpp"
#include "assets/rows.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::Expected;
using core::UserId;

namespace {

constexpr std::string_view kExtension = ".zip";

// One file gives its name, photos alone are called so.
std::string fitting_name(const std::vector<Asset>& assets) {
  if (assets.size() == 1) return assets.front().name;
  const bool only_photos =
      std::ranges::all_of(assets, [](const Asset& asset) { return asset.kind == AssetKind::photo; });
  return only_photos ? "photos" : "files";
}

std::string with_extension(std::string name) {
  if (extension_of(name) == kExtension.substr(1)) return name;
  return std::move(name).append(kExtension);
}

}  // namespace

Expected<std::vector<Asset>> Archives::find(const UserId& owner, std::span<const core::AssetId> ids) {
  static const auto kOne = std::string(kSelectAssets).append("WHERE a.owner = ? AND a.id = ? AND a.deleted_at IS NULL");
  return database_.read_for<std::vector<Asset>>([&](storage::Reader& reader) -> Expected<std::vector<Asset>> {
    std::vector<Asset> found;
    std::unordered_set<core::AssetId> seen;
    for (const auto& id : ids) {
      if (!seen.insert(id).second) continue;
      KITH_TRY_ASSIGN(asset, first_row<Asset>(reader, kOne, {owner.text(), id.text()},
                                              [](const storage::Row& row) { return asset_of(row); }));
      if (!asset) return core::fail(ErrorCode::not_found, "There is no asset \"" + id.text() + "\".");
      found.push_back(std::move(*asset));
    }
    return found;
  });
}

Expected<Archive> Archives::make(const UserId& owner, std::span<const core::AssetId> ids, std::string_view name) {
  if (ids.empty()) return core::fail(ErrorCode::bad_request, "an archive needs at least one file");
  if (ids.size() > limits_.files)
    return core::fail(ErrorCode::too_large,
                      "an archive may have at most " + std::to_string(limits_.files) + " files: take them in several");
  if (!name.empty()) KITH_TRY(check_file_name(name));
  KITH_TRY_ASSIGN(assets, find(owner, ids));
  std::vector<File> files;
  files.reserve(assets.size());
  for (const auto& asset : assets) files.push_back({asset.name, asset.size, asset.digest, asset.updated_at});
  Kept made{{}, std::make_shared<const std::vector<File>>(std::move(files))};
  auto& archive = made.archive;
  archive.id = core::ArchiveId::make(clock_, random_);
  archive.owner = owner;
  archive.name = with_extension(name.empty() ? fitting_name(assets) : std::string(name));
  archive.size = ZipStream(entries_of(owner, made.files)).size();
  archive.count = made.files->size();
  archive.expires_at = clock_.now() + kArchiveKept;
  KITH_TRY(keep(made));
  return std::move(made.archive);
}

Expected<Archives::Opened> Archives::open(const UserId& owner, const core::ArchiveId& id) {
  std::unique_lock lock(mutex_);
  drop_expired();
  const auto found = std::ranges::find_if(
      kept_, [&](const Kept& kept) { return kept.archive.id == id && kept.archive.owner == owner; });
  if (found == kept_.end()) return core::fail(ErrorCode::not_found, "this archive has expired: choose the files again");
  const auto kept = *found;
  lock.unlock();
  return Opened{kept.archive, std::make_unique<ZipStream>(entries_of(owner, kept.files))};
}

std::vector<ZipEntry> Archives::entries_of(const UserId& owner, const Files& files) const {
  std::vector<ZipEntry> entries;
  entries.reserve(files->size());
  for (const auto& file : *files)
    entries.push_back({file.name, file.size, file.modified_at, [&blobs = blobs_, owner, digest = file.digest] {
                         return blobs.open({owner, digest});
                       }});
  return entries;
}

Expected<void> Archives::keep(Kept made) {
  const std::lock_guard lock(mutex_);
  drop_expired();
  make_room_for(made.archive.owner, made.archive.count);
  auto files = made.archive.count;
  for (const auto& kept : kept_) files += kept.archive.count;
  if (files > limits_.files_in_all)
    return tl::make_unexpected(core::Error{
        ErrorCode::busy, "Too many archives are being made: try again in some minutes.", std::chrono::seconds(60), {}});
  kept_.push_back(std::move(made));
  return {};
}

void Archives::drop_expired() {
  const auto now = clock_.now();
  std::erase_if(kept_, [&](const Kept& kept) { return kept.archive.expires_at <= now; });
}

// So that one more archive with so many files is within what a user may have.
void Archives::make_room_for(const UserId& owner, std::size_t files) {
  std::size_t archives = 1;
  const auto is_beyond = [&](const Kept& kept) {
    if (kept.archive.owner != owner) return false;
    files += kept.archive.count;
    return ++archives > limits_.archives_per_user || files > limits_.files_per_user;
  };
  // From the newest on, so that the oldest ones go.
  std::deque<Kept> left;
  for (auto kept = kept_.rbegin(); kept != kept_.rend(); ++kept)
    if (!is_beyond(*kept)) left.push_front(std::move(*kept));
  kept_ = std::move(left);
}

}  // namespace kith::assets
