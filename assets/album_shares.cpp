#include "assets/album_shares.hpp"

#include "assets/album_rows.hpp"
#include "assets/limits.hpp"

namespace kith::assets {

using core::AlbumId;
using core::AlbumShareId;
using core::AssetId;
using core::ErrorCode;
using core::Expected;
using core::UserId;

namespace {

Settlement settlement_of(const Shares::Parts& parts) {
  return {parts.clock.now(), [&parts] { return core::ShareId::make(parts.clock, parts.random); }};
}

Expected<std::optional<AlbumShare>> present_share(storage::Reader& reader, const AlbumId& album, const UserId& viewer) {
  return first_row<AlbumShare>(reader, std::string(kSelectAlbumShares).append("WHERE album = ? AND viewer = ?"),
                               {album.text(), viewer.text()}, album_share_of);
}

Expected<void> insert(storage::Transaction& transaction, const AlbumShare& share) {
  KITH_TRY_ASSIGN(others, shares_of_album(transaction, share.album, share.shared_at));
  if (others.size() >= static_cast<std::size_t>(kMaxViewersPerAlbum))
    return core::fail(ErrorCode::conflict, "an album can be shared with at most 100 people");
  auto done = transaction.execute(
      "INSERT INTO album_shares (id, album, owner, viewer, shared_at, expires_at, strip) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {share.id.text(), share.album.text(), share.owner.text(), share.viewer.text(), share.shared_at,
       share.terms.expires_at, strip_name(share.terms.strip)});
  if (!done && done.error().code == ErrorCode::conflict)
    return core::fail(ErrorCode::not_found, "there is no such user to share with");
  KITH_TRY(std::move(done));
  return {};
}

// The share as it is from now on, in its row. One that has expired makes way.
Expected<AlbumShare> place(storage::Transaction& transaction, const AlbumShare& wanted) {
  KITH_TRY(require_album(transaction, wanted.owner, wanted.album));
  KITH_TRY(transaction.execute("DELETE FROM album_shares WHERE album = ? AND viewer = ? AND expires_at <= ?",
                               {wanted.album.text(), wanted.viewer.text(), wanted.shared_at}));
  KITH_TRY_ASSIGN(present, present_share(transaction, wanted.album, wanted.viewer));
  if (!present) {
    KITH_TRY(insert(transaction, wanted));
    return wanted;
  }
  KITH_TRY(transaction.execute("UPDATE album_shares SET expires_at = ?, strip = ? WHERE id = ?",
                               {wanted.terms.expires_at, strip_name(wanted.terms.strip), present->id.text()}));
  present->terms = wanted.terms;
  return std::move(*present);
}

}  // namespace

Expected<void> AlbumShares::prepare(const UserId& owner, const AlbumId& album, Strip strip) {
  if (!strip) return {};
  std::vector<AssetId> photos;
  KITH_TRY(parts_.database.read([&](storage::Reader& reader) -> Expected<void> {
    KITH_TRY(require_album(reader, owner, album));
    return reader.query("SELECT e.asset FROM album_assets e JOIN assets a ON a.id = e.asset " KITH_JOIN_VERSION
                        "LEFT JOIN stripped_photos x ON x.owner = v.owner AND x.digest = v.digest AND x.mode = ? "
                        "WHERE e.album = ? AND a.kind = 'photo' AND a.deleted_at IS NULL AND x.stripped_digest IS NULL "
                        "ORDER BY e.position LIMIT ?",
                        {strip_name(strip), album.text(), kPreparedAtOnce}, [&](const storage::Row& row) {
                          photos.push_back(id_of<AssetId>(row, 0));
                          return true;
                        });
  }));
  return parts_.preparation.require(owner, photos, strip);
}

Expected<AlbumShare> AlbumShares::share(const UserId& owner, const AlbumId& album, const UserId& viewer,
                                        const ShareTerms& terms) {
  const auto settlement = settlement_of(parts_);
  if (owner == viewer) return core::fail(ErrorCode::bad_request, "your own albums need no share with yourself");
  if (terms.expires_at && *terms.expires_at <= settlement.now)
    return core::fail(ErrorCode::bad_request, "expires_at must lie in the future");
  KITH_TRY(prepare(owner, album, terms.strip));
  ShareChanges changes;
  const AlbumShare wanted{AlbumShareId::make(parts_.clock, parts_.random), album, owner, viewer, settlement.now, terms};
  KITH_TRY_ASSIGN(placed, parts_.database.write_for<AlbumShare>([&](storage::Transaction& transaction) {
    return place(transaction, wanted).and_then([&](AlbumShare share) -> Expected<AlbumShare> {
      KITH_TRY(settle_album(transaction, settlement, share, changes));
      return share;
    });
  }));
  parts_.preparation.look_again();
  changes.tell(parts_.events);
  parts_.events.albums_changed(owner);
  return placed;
}

Expected<void> AlbumShares::withdraw(const UserId& owner, const AlbumId& album, const AlbumShareId& id) {
  const auto settlement = settlement_of(parts_);
  ShareChanges changes;
  KITH_TRY(parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(share,
                    first_row<AlbumShare>(transaction,
                                          std::string(kSelectAlbumShares)
                                              .append("WHERE id = ? AND album = ? AND owner = ? "
                                                      "AND (expires_at IS NULL OR expires_at > ?)"),
                                          {id.text(), album.text(), owner.text(), settlement.now}, album_share_of));
    if (!share) return core::fail(ErrorCode::not_found, "there is no such share of this album");
    KITH_TRY(transaction.execute("DELETE FROM album_shares WHERE id = ?", {id.text()}));
    return settle_album(transaction, settlement, *share, changes);
  }));
  changes.tell(parts_.events);
  parts_.events.albums_changed(owner);
  return {};
}

Expected<std::vector<AlbumShare>> AlbumShares::list(const UserId& owner, const AlbumId& album) {
  return parts_.database.read_for<std::vector<AlbumShare>>(
      [&](storage::Reader& reader) -> Expected<std::vector<AlbumShare>> {
        KITH_TRY(require_album(reader, owner, album));
        return shares_of_album(reader, album, parts_.clock.now());
      });
}

}  // namespace kith::assets
