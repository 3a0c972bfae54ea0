#include "assets/versions.hpp"

#include <charconv>
#include <limits>

#include "assets/catalogue_naming.hpp"
#include "assets/limits.hpp"
#include "assets/rows.hpp"

namespace kith::assets {

using core::AssetId;
using core::ErrorCode;
using core::Expected;
using core::UserId;

namespace {

constexpr std::string_view kSelectVersions =
    "SELECT number, size, digest, media_type, created_at, superseded_at FROM asset_versions WHERE asset = ? ";

AssetVersion version_of(const storage::Row& row) {
  AssetVersion version;
  version.number = row.integer(0);
  version.size = static_cast<std::uint64_t>(row.integer(1));
  version.digest = core::Digest::from(row.blob(2)).value_or(core::Digest());
  version.media_type = row.text(3);
  version.created_at = row.time(4);
  version.superseded_at = row.optional_time(5);
  return version;
}

Expected<Asset> find_asset(storage::Reader& reader, const UserId& owner, const AssetId& id) {
  KITH_TRY_ASSIGN(
      asset, first_row<Asset>(
                 reader, std::string(kSelectAssets).append("WHERE a.owner = ? AND a.id = ? AND a.deleted_at IS NULL"),
                 {owner.text(), id.text()}, [](const storage::Row& row) { return asset_of(row); }));
  if (!asset) return core::fail(ErrorCode::not_found, "there is no such asset");
  return std::move(*asset);
}

Expected<AssetVersion> find_version(storage::Reader& reader, const AssetId& asset, std::int64_t number) {
  KITH_TRY_ASSIGN(version, first_row<AssetVersion>(reader, std::string(kSelectVersions).append("AND number = ?"),
                                                   {asset.text(), number}, version_of));
  if (!version) return core::fail(ErrorCode::not_found, "there is no such version of this asset, or no more");
  return std::move(*version);
}

// The asset as it was, or will be, with this content.
void take_content(Asset& asset, const AssetVersion& version) {
  asset.digest = version.digest;
  asset.size = version.size;
  asset.media_type = version.media_type;
  asset.kind = kind_of(version.media_type);
}

// Cursors are the number of the last version shown.
Expected<std::int64_t> number_before(const PageRequest& page) {
  if (page.limit < 1 || page.limit > kMaxPageSize)
    return core::fail(ErrorCode::bad_request, "limit must be between 1 and 500");
  if (page.cursor.empty()) return std::numeric_limits<std::int64_t>::max();
  std::int64_t number = 0;
  const auto* end = page.cursor.data() + page.cursor.size();
  const auto [stop, problem] = std::from_chars(page.cursor.data(), end, number);
  if (problem != std::errc() || stop != end || number < 1)
    return core::fail(ErrorCode::bad_request, "the cursor does not belong to this list");
  return number;
}

}  // namespace

std::optional<core::Timestamp> AssetVersion::kept_until() const {
  if (!superseded_at) return std::nullopt;
  return *superseded_at + kVersionKept;
}

Expected<Page<AssetVersion>> Versions::list(const UserId& owner, const AssetId& id, const PageRequest& page) {
  KITH_TRY_ASSIGN(before, number_before(page));
  const auto sql = std::string(kSelectVersions).append("AND number < ? ORDER BY number DESC LIMIT ?");
  return database_.read_for<Page<AssetVersion>>([&](storage::Reader& reader) -> Expected<Page<AssetVersion>> {
    KITH_TRY(find_asset(reader, owner, id));
    const std::vector<storage::Value> values{id.text(), before, page.limit + 1};
    return read_page<AssetVersion>(reader, sql, values, page.limit, version_of,
                                   [](const AssetVersion& last) { return std::to_string(last.number); });
  });
}

Expected<AssetContent> Versions::open(const UserId& owner, const AssetId& id, std::int64_t number) {
  KITH_TRY_ASSIGN(asset, database_.read_for<Asset>([&](storage::Reader& reader) -> Expected<Asset> {
    KITH_TRY_ASSIGN(found, find_asset(reader, owner, id));
    KITH_TRY_ASSIGN(version, find_version(reader, id, number));
    take_content(found, version);
    found.version = version.number;
    found.updated_at = version.created_at;
    return found;
  }));
  KITH_TRY_ASSIGN(reader, open_blob(blobs_, asset));
  return AssetContent{std::move(asset), std::move(reader)};
}

Expected<Asset> Versions::restore(const UserId& owner, const AssetId& id, std::int64_t number) {
  const auto now = clock_.now();
  // The blob has a name until the end of the transaction, the old version's: nothing can remove it meanwhile.
  KITH_TRY_ASSIGN(stored,
                  database_.write_for<StoredVersion>([&](storage::Transaction& transaction) -> Expected<StoredVersion> {
                    KITH_TRY_ASSIGN(asset, find_asset(transaction, owner, id));
                    KITH_TRY_ASSIGN(version, find_version(transaction, id, number));
                    if (version.digest == asset.digest) return StoredVersion{std::move(asset), false, {}};
                    take_content(asset, version);
                    ++asset.version;
                    asset.updated_at = now;
                    KITH_TRY(replace_version(transaction, asset));
                    KITH_TRY_ASSIGN(viewers, viewers_of(transaction, asset.id, now));
                    return StoredVersion{std::move(asset), true, std::move(viewers)};
                  }));
  tell(events_, stored);
  return std::move(stored.asset);
}

}  // namespace kith::assets
