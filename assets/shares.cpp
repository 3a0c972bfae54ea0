#include "assets/shares.hpp"

#include <algorithm>
#include <unordered_set>

#include "assets/limits.hpp"
#include "assets/rows.hpp"

namespace kith::assets {

using core::AssetId;
using core::ErrorCode;
using core::Expected;
using core::ShareId;
using core::Timestamp;
using core::UserId;

namespace {

using Expiry = std::optional<Timestamp>;

struct Placed {
  std::vector<Share> shares;
  std::vector<AssetId> fresh;    // not seen by the viewer before
  std::vector<AssetId> altered;  // seen before, with another expiry
};

core::Unexpected no_such_share() {
  return core::fail(ErrorCode::not_found, "there is no such share");
}
core::Unexpected no_such_asset() {
  return core::fail(ErrorCode::not_found, "there is no such asset");
}

Expected<void> check_call(const UserId& owner, const UserId& viewer, std::span<const AssetId> assets,
                          const Expiry& expires_at, Timestamp now) {
  if (assets.empty()) return core::fail(ErrorCode::bad_request, "name at least one asset to share");
  if (assets.size() > kMaxAssetsPerShareCall)
    return core::fail(ErrorCode::bad_request,
                      "at most 500 assets can be shared at once: share the rest with another call");
  if (owner == viewer) return core::fail(ErrorCode::bad_request, "your own files need no share with yourself");
  if (expires_at && *expires_at <= now) return core::fail(ErrorCode::bad_request, "expires_at must lie in the future");
  return {};
}

Expected<void> require_own(storage::Reader& reader, const UserId& owner, const AssetId& asset) {
  KITH_TRY_ASSIGN(found,
                  first_row<bool>(reader, "SELECT 1 FROM assets WHERE id = ? AND owner = ? AND deleted_at IS NULL",
                                  {asset.text(), owner.text()}, [](const storage::Row&) { return true; }));
  if (!found) return core::fail(ErrorCode::not_found, "there is no asset " + asset.text() + ": nothing was shared");
  return {};
}

// The pair's share that counts. One that has expired is removed, so that a new one begins.
Expected<std::optional<Share>> present_share(storage::Transaction& transaction, const UserId& viewer,
                                             const AssetId& asset, Timestamp now) {
  KITH_TRY(transaction.execute("DELETE FROM shares WHERE viewer = ? AND asset = ? AND expires_at <= ?",
                               {viewer.text(), asset.text(), now}));
  return first_row<Share>(transaction, std::string(kSelectShares).append("WHERE s.viewer = ? AND s.asset = ?"),
                          {viewer.text(), asset.text()}, share_of);
}

Expected<void> insert_share(storage::Transaction& transaction, const Share& share) {
  auto done = transaction.execute(
      "INSERT INTO shares (id, owner, viewer, asset, shared_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
      {share.id.text(), share.owner.text(), share.viewer.text(), share.asset.text(), share.shared_at,
       share.expires_at});
  // Owner and asset were just read and the id is fresh, so it is the viewer who is not there.
  if (!done && done.error().code == ErrorCode::conflict)
    return core::fail(ErrorCode::not_found, "there is no such user to share with");
  KITH_TRY(std::move(done));
  return {};
}

Expected<void> place(storage::Transaction& transaction, const Share& wanted, Placed& placed) {
  KITH_TRY(require_own(transaction, wanted.owner, wanted.asset));
  KITH_TRY_ASSIGN(present, present_share(transaction, wanted.viewer, wanted.asset, wanted.shared_at));
  if (!present) {
    KITH_TRY(insert_share(transaction, wanted));
    placed.fresh.push_back(wanted.asset);
    placed.shares.push_back(wanted);
    return {};
  }
  if (present->expires_at != wanted.expires_at) {
    KITH_TRY(
        transaction.execute("UPDATE shares SET expires_at = ? WHERE id = ?", {wanted.expires_at, present->id.text()}));
    present->expires_at = wanted.expires_at;
    placed.altered.push_back(wanted.asset);
  }
  placed.shares.push_back(std::move(*present));
  return {};
}

// A page of shares; `who` and its values say whose.
Expected<Page<SharedAsset>> list_shares(storage::Database& database, std::string_view who,
                                        std::initializer_list<storage::Value> who_values, const AssetFilter& filter,
                                        const PageRequest& page, Timestamp now) {
  KITH_TRY_ASSIGN(start, start_of_page(CursorList::shares, page));
  KITH_TRY_ASSIGN(conditions, conditions_of(filter));
  auto sql = std::string(kSelectShares).append("WHERE ").append(who).append(" AND s.id < ? AND ").append(kShareCounts);
  std::vector<storage::Value> values(who_values);
  values.emplace_back(start);
  values.emplace_back(now);
  conditions.append_to(sql, values);
  sql += "ORDER BY s.id DESC LIMIT ?";
  values.emplace_back(page.limit + 1);
  return database.read_for<Page<SharedAsset>>([&](storage::Reader& reader) {
    return read_page<SharedAsset>(reader, sql, values, page.limit, shared_asset_of, [](const SharedAsset& last) {
      return make_cursor(CursorList::shares, last.share.id.text());
    });
  });
}

}  // namespace

Shares::Shares(storage::Database& database, storage::BlobStore& blobs, const core::Clock& clock, core::Random& random,
               AssetEvents& events)
    : database_(database), blobs_(blobs), clock_(clock), random_(random), events_(events) {}

Expected<std::vector<Share>> Shares::share(const UserId& owner, const UserId& viewer, std::span<const AssetId> assets,
                                           Expiry expires_at) {
  const auto now = clock_.now();
  KITH_TRY(check_call(owner, viewer, assets, expires_at, now));
  KITH_TRY_ASSIGN(placed, database_.write_for<Placed>([&](storage::Transaction& transaction) -> Expected<Placed> {
    Placed all;
    std::unordered_set<AssetId> seen;
    for (const auto& asset : assets) {
      if (!seen.insert(asset).second) continue;
      const Share wanted{ShareId::make(clock_, random_), owner, viewer, asset, now, expires_at};
      KITH_TRY(place(transaction, wanted, all));
    }
    return all;
  }));
  if (!placed.fresh.empty()) events_.shared(owner, viewer, placed.fresh);
  if (!placed.altered.empty()) events_.changed(owner, std::span(&viewer, 1), placed.altered);
  return std::move(placed.shares);
}

Expected<void> Shares::withdraw(const UserId& owner, const ShareId& id) {
  const auto now = clock_.now();
  KITH_TRY_ASSIGN(ended, database_.write_for<Share>([&](storage::Transaction& transaction) -> Expected<Share> {
    KITH_TRY_ASSIGN(
        share,
        first_row<Share>(transaction,
                         std::string(kSelectShares).append("WHERE s.id = ? AND s.owner = ? AND ").append(kShareCounts),
                         {id.text(), owner.text(), now}, share_of));
    if (!share) return no_such_share();
    KITH_TRY(transaction.execute("DELETE FROM shares WHERE id = ?", {id.text()}));
    return std::move(*share);
  }));
  events_.withdrawn(owner, ended.viewer, std::span(&ended.asset, 1));
  return {};
}

Expected<SharedAsset> Shares::find(const UserId& owner, const ShareId& id) {
  return database_.read_for<SharedAsset>([&](storage::Reader& reader) -> Expected<SharedAsset> {
    KITH_TRY_ASSIGN(
        found,
        first_row<SharedAsset>(
            reader, std::string(kSelectShares).append("WHERE s.id = ? AND s.owner = ? AND ").append(kShareCounts),
            {id.text(), owner.text(), clock_.now()}, shared_asset_of));
    if (!found) return no_such_share();
    return std::move(*found);
  });
}

Expected<Page<SharedAsset>> Shares::list_by(const UserId& owner, const PageRequest& page) {
  return list_shares(database_, "s.owner = ?", {owner.text()}, {}, page, clock_.now());
}

Expected<std::vector<Share>> Shares::shares_of(const UserId& owner, std::span<const AssetId> assets) {
  if (assets.size() > kMaxAssetsPerShareCall)
    return core::fail(ErrorCode::internal, "shares of more than 500 assets asked for at once");
  const auto sql = std::string(kSelectShares)
                       .append("WHERE s.asset = ? AND s.owner = ? AND ")
                       .append(kShareCounts)
                       .append("ORDER BY s.id");
  const auto now = clock_.now();
  return database_.read_for<std::vector<Share>>([&](storage::Reader& reader) -> Expected<std::vector<Share>> {
    std::vector<Share> shares;
    for (const auto& asset : assets)
      KITH_TRY(reader.query(sql, {asset.text(), owner.text(), now}, [&](const storage::Row& row) {
        shares.push_back(share_of(row));
        return true;
      }));
    return shares;
  });
}

Expected<Page<SharedAsset>> Shares::list_between(const UserId& owner, const UserId& viewer, const AssetFilter& filter,
                                                 const PageRequest& page) {
  return list_shares(database_, "s.viewer = ? AND s.owner = ?", {viewer.text(), owner.text()}, filter, page,
                     clock_.now());
}

Expected<Page<SharedAsset>> Shares::list_with(const UserId& viewer, const PageRequest& page) {
  return list_shares(database_, "s.viewer = ?", {viewer.text()}, {}, page, clock_.now());
}

Expected<SharedAsset> Shares::view(const UserId& owner, const UserId& viewer, const AssetId& asset) {
  return database_.read_for<SharedAsset>([&](storage::Reader& reader) -> Expected<SharedAsset> {
    KITH_TRY_ASSIGN(found,
                    first_row<SharedAsset>(reader,
                                           std::string(kSelectShares)
                                               .append("WHERE s.viewer = ? AND s.asset = ? AND s.owner = ? AND ")
                                               .append(kShareCounts),
                                           {viewer.text(), asset.text(), owner.text(), clock_.now()}, shared_asset_of));
    if (!found) return no_such_asset();
    return std::move(*found);
  });
}

Expected<SharedContent> Shares::open(const UserId& owner, const UserId& viewer, const AssetId& asset) {
  KITH_TRY_ASSIGN(shared, view(owner, viewer, asset));
  KITH_TRY_ASSIGN(reader, open_blob(blobs_, shared.asset));
  return SharedContent{std::move(shared), std::move(reader)};
}

Expected<void> Shares::forget_viewer(const UserId& viewer) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM shares WHERE viewer = ?", {viewer.text()}));
    return {};
  });
}

Expected<void> Shares::forget_between(const UserId& owner, const UserId& viewer) {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM shares WHERE viewer = ? AND owner = ?", {viewer.text(), owner.text()}));
    return {};
  });
}

}  // namespace kith::assets
