#include "assets/album_rows.hpp"

namespace kith::assets {

using core::AlbumId;
using core::AssetId;
using core::Expected;
using core::UserId;

AlbumShare album_share_of(const storage::Row& row) {
  AlbumShare share;
  share.id = id_of<core::AlbumShareId>(row, 0);
  share.album = id_of<AlbumId>(row, 1);
  share.owner = id_of<UserId>(row, 2);
  share.viewer = id_of<UserId>(row, 3);
  share.shared_at = row.time(4);
  share.terms = {row.optional_time(5), strip_from_name(row.text(6)).value_or(Strip(StripMode::all))};
  return share;
}

Expected<void> require_album(storage::Reader& reader, const UserId& owner, const AlbumId& album) {
  KITH_TRY_ASSIGN(found, first_row<bool>(reader, "SELECT 1 FROM albums WHERE id = ? AND owner = ?",
                                         {album.text(), owner.text()}, [](const storage::Row&) { return true; }));
  if (!found) return core::fail(core::ErrorCode::not_found, "there is no such album");
  return {};
}

Expected<std::vector<AlbumShare>> shares_of_album(storage::Reader& reader, const AlbumId& album, core::Timestamp now) {
  std::vector<AlbumShare> shares;
  KITH_TRY(reader.query(std::string(kSelectAlbumShares)
                            .append("WHERE album = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY id DESC"),
                        {album.text(), now}, [&](const storage::Row& row) {
                          shares.push_back(album_share_of(row));
                          return true;
                        }));
  return shares;
}

Expected<void> settle_album(storage::Transaction& transaction, const Settlement& settlement, const AlbumShare& share,
                            ShareChanges& changes) {
  std::vector<AssetId> present, deleted;
  KITH_TRY(
      transaction.query("SELECT e.asset, a.deleted_at IS NULL FROM album_assets e JOIN assets a ON a.id = e.asset "
                        "WHERE e.album = ? ORDER BY e.position",
                        {share.album.text()}, [&](const storage::Row& row) {
                          (row.boolean(1) ? present : deleted).push_back(id_of<AssetId>(row, 0));
                          return true;
                        }));
  for (const auto& asset : present)
    KITH_TRY(settle_share(transaction, settlement, {share.owner, share.viewer, asset}, changes));
  // They count again when they are restored; until then there is nothing to tell.
  ShareChanges untold;
  for (const auto& asset : deleted)
    KITH_TRY(settle_share(transaction, settlement, {share.owner, share.viewer, asset}, untold));
  return {};
}

Expected<void> settle_members(storage::Transaction& transaction, const Settlement& settlement, const UserId& owner,
                              const AlbumId& album, std::span<const AssetId> assets, ShareChanges& changes) {
  std::vector<UserId> viewers;  // with those whose share has just expired
  KITH_TRY(transaction.query("SELECT viewer FROM album_shares WHERE album = ?", {album.text()},
                             [&](const storage::Row& row) {
                               viewers.push_back(id_of<UserId>(row, 0));
                               return true;
                             }));
  for (const auto& viewer : viewers)
    for (const auto& asset : assets) KITH_TRY(settle_share(transaction, settlement, {owner, viewer, asset}, changes));
  return {};
}

}  // namespace kith::assets
