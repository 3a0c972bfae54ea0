#include "assets/catalogue.hpp"

#include <string>

#include "assets/file_name.hpp"
#include "assets/limits.hpp"
#include "assets/reservations.hpp"
#include "assets/rows.hpp"

namespace kith::assets {

namespace {

using core::AssetId;
using core::ErrorCode;
using core::Expected;
using core::Timestamp;
using core::UserId;

Expected<Asset> one_asset(storage::Reader& reader, std::string_view condition, const UserId& owner,
                          std::string_view key) {
  KITH_TRY_ASSIGN(asset, first_row<Asset>(reader, std::string(kSelectAssets).append(condition), {owner.text(), key},
                                          [](const storage::Row& row) { return asset_of(row); }));
  if (!asset) return core::fail(ErrorCode::not_found, "there is no such asset");
  return std::move(*asset);
}

Expected<Asset> live_by_id(storage::Reader& reader, const UserId& owner, const AssetId& id) {
  return one_asset(reader, "WHERE a.owner = ? AND a.id = ? AND a.deleted_at IS NULL", owner, id.text());
}

Expected<Asset> live_by_name(storage::Reader& reader, const UserId& owner, std::string_view name) {
  KITH_TRY(check_file_name(name));
  return one_asset(reader, "WHERE a.owner = ? AND a.name = ? AND a.deleted_at IS NULL", owner, name);
}

// An asset and who sees it: what an event needs.
struct Seen {
  Asset asset;
  std::vector<UserId> viewers;
};

Expected<Seen> with_viewers(storage::Reader& reader, Asset asset, Timestamp now) {
  KITH_TRY_ASSIGN(viewers, viewers_of(reader, asset.id, now));
  return Seen{std::move(asset), std::move(viewers)};
}

core::Unexpected name_taken() {
  return core::fail(ErrorCode::conflict, "another file has this name: rename or delete that one first");
}

}  // namespace

Catalogue::Catalogue(storage::Database& database, storage::BlobStore& blobs, const core::Clock& clock,
                     AssetEvents& events)
    : database_(database), blobs_(blobs), clock_(clock), events_(events) {}

Expected<Asset> Catalogue::find(const UserId& owner, const AssetId& id) {
  return database_.read_for<Asset>([&](storage::Reader& reader) { return live_by_id(reader, owner, id); });
}

Expected<Asset> Catalogue::find_by_name(const UserId& owner, std::string_view name) {
  return database_.read_for<Asset>([&](storage::Reader& reader) { return live_by_name(reader, owner, name); });
}

Expected<std::optional<Asset>> Catalogue::find_by_content(const UserId& owner, const core::Digest& digest) {
  return database_.read_for<std::optional<Asset>>([&](storage::Reader& reader) {
    const auto sql =
        std::string(kSelectAssets).append("WHERE v.owner = ? AND v.digest = ? AND a.deleted_at IS NULL LIMIT 1");
    return first_row<Asset>(reader, sql, {owner.text(), digest.view()},
                            [](const storage::Row& row) { return asset_of(row); });
  });
}

Expected<Page<Asset>> Catalogue::list(const UserId& owner, const AssetFilter& filter, const PageRequest& page) {
  KITH_TRY_ASSIGN(start, start_of_page(CursorList::assets, page));
  KITH_TRY_ASSIGN(conditions, conditions_of(filter));
  auto sql = std::string(kSelectAssets).append("WHERE a.owner = ? AND a.deleted_at IS NULL AND a.id < ? ");
  std::vector<storage::Value> values{owner.text(), start};
  conditions.append_to(sql, values);
  sql += "ORDER BY a.id DESC LIMIT ?";
  values.emplace_back(page.limit + 1);
  return database_.read_for<Page<Asset>>([&](storage::Reader& reader) {
    return read_page<Asset>(
        reader, sql, values, page.limit, [](const storage::Row& row) { return asset_of(row); },
        [](const Asset& last) { return make_cursor(CursorList::assets, last.id.text()); });
  });
}

Expected<AssetContent> Catalogue::open(const UserId& owner, const AssetId& id) {
  KITH_TRY_ASSIGN(asset, find(owner, id));
  KITH_TRY_ASSIGN(reader, open_blob(blobs_, asset));
  return AssetContent{std::move(asset), std::move(reader)};
}

Expected<AssetContent> Catalogue::open_by_name(const UserId& owner, std::string_view name) {
  KITH_TRY_ASSIGN(asset, find_by_name(owner, name));
  KITH_TRY_ASSIGN(reader, open_blob(blobs_, asset));
  return AssetContent{std::move(asset), std::move(reader)};
}

Expected<Asset> Catalogue::rename(const UserId& owner, const AssetId& id, std::string_view name) {
  KITH_TRY(check_file_name(name));
  const auto now = clock_.now();
  bool is_changed = false;
  KITH_TRY_ASSIGN(renamed, database_.write_for<Seen>([&](storage::Transaction& transaction) -> Expected<Seen> {
    KITH_TRY_ASSIGN(asset, live_by_id(transaction, owner, id));
    is_changed = asset.name != name;
    if (!is_changed) return Seen{std::move(asset), {}};
    auto done = transaction.execute("UPDATE assets SET name = ?, name_folded = ?, updated_at = ? WHERE id = ?",
                                    {name, fold_case(name), now, id.text()});
    if (!done && done.error().code == ErrorCode::conflict) return name_taken();
    KITH_TRY(std::move(done));
    asset.name = name;
    asset.updated_at = now;
    return with_viewers(transaction, std::move(asset), now);
  }));
  if (is_changed) events_.owned_changed(owner);
  if (!renamed.viewers.empty()) events_.changed(owner, renamed.viewers, std::span(&renamed.asset.id, 1));
  return std::move(renamed.asset);
}

Expected<Asset> Catalogue::remove(const UserId& owner, const AssetId& id) {
  return remove_found([&](storage::Reader& reader) { return live_by_id(reader, owner, id); });
}

Expected<Asset> Catalogue::remove_by_name(const UserId& owner, std::string_view name) {
  return remove_found([&](storage::Reader& reader) { return live_by_name(reader, owner, name); });
}

Expected<Asset> Catalogue::remove_found(const Find& find) {
  const auto now = clock_.now();
  KITH_TRY_ASSIGN(removed, database_.write_for<Seen>([&](storage::Transaction& transaction) -> Expected<Seen> {
    KITH_TRY_ASSIGN(asset, find(transaction));
    KITH_TRY(transaction.execute("UPDATE assets SET deleted_at = ? WHERE id = ?", {now, asset.id.text()}));
    return with_viewers(transaction, std::move(asset), now);
  }));
  events_.owned_changed(removed.asset.owner);
  for (const auto& viewer : removed.viewers)
    events_.withdrawn(removed.asset.owner, viewer, std::span(&removed.asset.id, 1));
  return std::move(removed.asset);
}

Expected<Asset> Catalogue::restore(const UserId& owner, const AssetId& id) {
  const auto now = clock_.now();
  KITH_TRY_ASSIGN(restored, database_.write_for<Seen>([&](storage::Transaction& transaction) -> Expected<Seen> {
    KITH_TRY_ASSIGN(
        asset, one_asset(transaction, "WHERE a.owner = ? AND a.id = ? AND a.deleted_at IS NOT NULL", owner, id.text()));
    auto done = transaction.execute("UPDATE assets SET deleted_at = NULL WHERE id = ? AND deleted_at > ?",
                                    {id.text(), now - kDeletedKept});
    if (!done && done.error().code == ErrorCode::conflict) return name_taken();
    KITH_TRY_ASSIGN(count, std::move(done));
    if (count == 0) return core::fail(ErrorCode::not_found, "this asset was deleted too long ago");
    return with_viewers(transaction, std::move(asset), now);
  }));
  events_.owned_changed(owner);
  for (const auto& viewer : restored.viewers) events_.shared(owner, viewer, std::span(&restored.asset.id, 1));
  return std::move(restored.asset);
}

Expected<Page<DeletedAsset>> Catalogue::list_deleted(const UserId& owner, const PageRequest& page) {
  KITH_TRY_ASSIGN(start, start_of_page(CursorList::deleted_assets, page));
  const auto sql = std::string(kSelectAssets)
                       .append("WHERE a.owner = ? AND a.deleted_at > ? AND a.id < ? ORDER BY a.id DESC LIMIT ?");
  const std::vector<storage::Value> values{owner.text(), clock_.now() - kDeletedKept, start, page.limit + 1};
  return database_.read_for<Page<DeletedAsset>>([&](storage::Reader& reader) {
    return read_page<DeletedAsset>(
        reader, sql, values, page.limit, [](const storage::Row& row) { return deleted_asset_of(row); },
        [](const DeletedAsset& last) { return make_cursor(CursorList::deleted_assets, last.asset.id.text()); });
  });
}

Expected<std::uint64_t> Catalogue::used_bytes(const UserId& owner) {
  return database_.read_for<std::uint64_t>([&](storage::Reader& reader) -> Expected<std::uint64_t> {
    KITH_TRY_ASSIGN(live, bytes_of_live_assets(reader, owner));
    KITH_TRY_ASSIGN(open, bytes_of_open_uploads(reader, owner));
    return live + open;
  });
}

}  // namespace kith::assets
