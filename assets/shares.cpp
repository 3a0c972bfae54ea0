#include "assets/shares.hpp"

#include <algorithm>
#include <unordered_set>

#include "assets/limits.hpp"
#include "assets/share_rows.hpp"
#include "assets/share_sources.hpp"

namespace kith::assets {

using core::AssetId;
using core::ErrorCode;
using core::Expected;
using core::ShareId;
using core::Timestamp;
using core::UserId;

namespace {

using Expiry = std::optional<Timestamp>;

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

// The owner's own act, which was just made.
Expected<Share> own_share(storage::Reader& reader, const ShareSpot& spot) {
  KITH_TRY_ASSIGN(share,
                  first_row<Share>(reader, std::string(kSelectOwnShares).append("WHERE s.viewer = ? AND s.asset = ?"),
                                   {spot.viewer.text(), spot.asset.text()}, share_of));
  if (!share) return core::fail(ErrorCode::internal, "a share was made and is not there");
  return std::move(*share);
}

// A page of what viewers get; `who` and its values say who and from whom.
Expected<Page<SharedAsset>> list_shown(storage::Database& database, std::string_view who,
                                       std::initializer_list<storage::Value> who_values, const AssetFilter& filter,
                                       const PageRequest& page, Timestamp now) {
  KITH_TRY_ASSIGN(start, start_of_page(CursorList::shares, page));
  KITH_TRY_ASSIGN(conditions, conditions_of(filter));
  auto sql = std::string(kSelectShown).append("WHERE ").append(who).append(" AND s.id < ? AND ");
  sql.append(kShareCounts).append("AND ").append(kIsReady).append("AND ").append(kOwnerIsActive);
  std::vector<storage::Value> values(who_values);
  values.emplace_back(start);
  values.emplace_back(now);
  conditions.append_to(sql, values);
  sql += "ORDER BY s.id DESC LIMIT ?";
  values.emplace_back(page.limit + 1);
  return database.read_for<Page<SharedAsset>>([&](storage::Reader& reader) {
    return read_page<SharedAsset>(reader, sql, values, page.limit, shown_asset_of, [](const SharedAsset& last) {
      return make_cursor(CursorList::shares, last.share.id.text());
    });
  });
}

}  // namespace

Expected<std::vector<Share>> Shares::share(const UserId& owner, const UserId& viewer, std::span<const AssetId> assets,
                                           const ShareTerms& terms) {
  const Settlement settlement{parts_.clock.now(), [this] { return ShareId::make(parts_.clock, parts_.random); }};
  KITH_TRY(check_call(owner, viewer, assets, terms.expires_at, settlement.now));
  KITH_TRY(parts_.preparation.require(owner, assets, terms.strip));
  ShareChanges changes;
  const auto place_all = [&](storage::Transaction& transaction) -> Expected<std::vector<Share>> {
    std::vector<Share> shares;
    std::unordered_set<AssetId> seen;
    for (const auto& asset : assets) {
      if (!seen.insert(asset).second) continue;
      KITH_TRY(require_own(transaction, owner, asset));
      const ShareSpot spot{owner, viewer, asset};
      KITH_TRY(settle_share(transaction, settlement, spot, changes, [&](OwnAct& own) { own = terms; }));
      KITH_TRY_ASSIGN(share, own_share(transaction, spot));
      shares.push_back(std::move(share));
    }
    return shares;
  };
  KITH_TRY_ASSIGN(shares, parts_.database.write_for<std::vector<Share>>(place_all));
  changes.tell(parts_.events);
  return shares;
}

Expected<void> Shares::withdraw(const UserId& owner, const ShareId& id) {
  const Settlement settlement{parts_.clock.now(), [this] { return ShareId::make(parts_.clock, parts_.random); }};
  ShareChanges changes;
  auto done = parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(
        share,
        first_row<Share>(transaction,
                         std::string(kSelectOwnShares).append("WHERE s.id = ? AND s.owner = ? AND ").append(kOwnCounts),
                         {id.text(), owner.text(), settlement.now}, share_of));
    if (!share) return no_such_share();
    return settle_share(transaction, settlement, {owner, share->viewer, share->asset}, changes,
                        [](OwnAct& own) { own.reset(); });
  });
  KITH_TRY(std::move(done));
  changes.tell(parts_.events);
  return {};
}

Expected<SharedAsset> Shares::find(const UserId& owner, const ShareId& id) {
  return parts_.database.read_for<SharedAsset>([&](storage::Reader& reader) -> Expected<SharedAsset> {
    KITH_TRY_ASSIGN(
        found,
        first_row<SharedAsset>(
            reader, std::string(kSelectOwnShares).append("WHERE s.id = ? AND s.owner = ? AND ").append(kOwnCounts),
            {id.text(), owner.text(), parts_.clock.now()}, own_share_of));
    if (!found) return no_such_share();
    return std::move(*found);
  });
}

Expected<Page<SharedAsset>> Shares::list_by(const UserId& owner, const PageRequest& page) {
  KITH_TRY_ASSIGN(start, start_of_page(CursorList::shares, page));
  const auto sql = std::string(kSelectOwnShares)
                       .append("WHERE s.owner = ? AND s.id < ? AND ")
                       .append(kOwnCounts)
                       .append("ORDER BY s.id DESC LIMIT ?");
  const std::vector<storage::Value> values{owner.text(), start, parts_.clock.now(), page.limit + 1};
  return parts_.database.read_for<Page<SharedAsset>>([&](storage::Reader& reader) {
    return read_page<SharedAsset>(reader, sql, values, page.limit, own_share_of, [](const SharedAsset& last) {
      return make_cursor(CursorList::shares, last.share.id.text());
    });
  });
}

Expected<std::vector<Share>> Shares::shares_of(const UserId& owner, std::span<const AssetId> assets) {
  if (assets.size() > kMaxAssetsPerShareCall)
    return core::fail(ErrorCode::internal, "shares of more than 500 assets asked for at once");
  // The plus: by the asset's few shares, never through all of the owner's.
  const auto sql = std::string(kSelectShown)
                       .append("WHERE s.asset = ? AND +s.owner = ? AND ")
                       .append(kShareCounts)
                       .append("ORDER BY s.id");
  const auto now = parts_.clock.now();
  return parts_.database.read_for<std::vector<Share>>([&](storage::Reader& reader) -> Expected<std::vector<Share>> {
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
  return list_shown(parts_.database, "s.viewer = ? AND s.owner = ?", {viewer.text(), owner.text()}, filter, page,
                    parts_.clock.now());
}

Expected<Page<SharedAsset>> Shares::list_with(const UserId& viewer, const PageRequest& page) {
  return list_shown(parts_.database, "s.viewer = ?", {viewer.text()}, {}, page, parts_.clock.now());
}

Expected<SharedAsset> Shares::view(const UserId& owner, const UserId& viewer, const AssetId& asset) {
  const auto sql = std::string(kSelectShown)
                       .append("WHERE s.viewer = ? AND s.asset = ? AND s.owner = ? AND ")
                       .append(kShareCounts)
                       .append("AND ")
                       .append(kIsReady)
                       .append("AND ")
                       .append(kOwnerIsActive);
  return parts_.database.read_for<SharedAsset>([&](storage::Reader& reader) -> Expected<SharedAsset> {
    KITH_TRY_ASSIGN(found,
                    first_row<SharedAsset>(reader, sql, {viewer.text(), asset.text(), owner.text(), parts_.clock.now()},
                                           shown_asset_of));
    if (!found) return no_such_asset();
    return std::move(*found);
  });
}

Expected<SharedContent> Shares::open(const UserId& owner, const UserId& viewer, const AssetId& asset) {
  KITH_TRY_ASSIGN(shared, view(owner, viewer, asset));
  if (!shared.is_stripped()) {
    KITH_TRY_ASSIGN(reader, open_blob(parts_.blobs, shared.asset));
    return SharedContent{std::move(shared), std::move(reader)};
  }
  KITH_TRY_ASSIGN(reader,
                  parts_.variants.open(owner, shared.original, shared.asset.media_type, *shared.share.terms.strip));
  return SharedContent{std::move(shared), std::move(reader)};
}

Expected<void> Shares::forget_viewer(const UserId& viewer) {
  return parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM album_shares WHERE viewer = ?", {viewer.text()}));
    KITH_TRY(transaction.execute("DELETE FROM shares WHERE viewer = ?", {viewer.text()}));
    return {};
  });
}

Expected<void> Shares::forget_between(const UserId& owner, const UserId& viewer) {
  return parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    const std::initializer_list<storage::Value> both{viewer.text(), owner.text()};
    KITH_TRY(transaction.execute("DELETE FROM album_shares WHERE viewer = ? AND owner = ?", both));
    KITH_TRY(transaction.execute("DELETE FROM shares WHERE viewer = ? AND owner = ?", both));
    return {};
  });
}

}  // namespace kith::assets
