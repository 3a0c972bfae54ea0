#include "assets/share_expiry.hpp"

#include <vector>

#include "assets/album_rows.hpp"
#include "assets/limits.hpp"

namespace kith::assets {

namespace {

using core::Expected;

struct Spot {
  core::UserId owner, viewer;
  core::AssetId asset;
};

Spot spot_of(const storage::Row& row) {
  return {id_of<core::UserId>(row, 0), id_of<core::UserId>(row, 1), id_of<core::AssetId>(row, 2)};
}

}  // namespace

Expected<int> ShareExpiry::end_shares() {
  const Settlement settlement{clock.now(), [this] { return core::ShareId::make(clock, random); }};
  ShareChanges changes;
  std::vector<Spot> expired;
  auto done = database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.query(
        "SELECT owner, viewer, asset FROM shares WHERE expires_at <= ?1 OR own_expires_at <= ?1 LIMIT ?2",
        {settlement.now, kSweepBatch}, [&](const storage::Row& row) {
          expired.push_back(spot_of(row));
          return true;
        }));
    for (const auto& spot : expired)
      KITH_TRY(settle_share(transaction, settlement, {spot.owner, spot.viewer, spot.asset}, changes));
    return {};
  });
  KITH_TRY(std::move(done));
  changes.tell(events);
  return static_cast<int>(expired.size());
}

Expected<int> ShareExpiry::end_album_shares() {
  const auto now = clock.now();
  std::vector<AlbumShare> expired;
  KITH_TRY(database.read([&](storage::Reader& reader) {
    return reader.query(std::string(kSelectAlbumShares).append("WHERE expires_at <= ? LIMIT ?"),
                        {now, kAlbumSharesAtOnce}, [&](const storage::Row& row) {
                          expired.push_back(album_share_of(row));
                          return true;
                        });
  }));
  for (const auto& share : expired) {
    ShareChanges changes;
    auto done = database.write([&](storage::Transaction& transaction) -> Expected<void> {
      // It may have got a later end meanwhile.
      KITH_TRY_ASSIGN(count, transaction.execute("DELETE FROM album_shares WHERE id = ? AND expires_at <= ?",
                                                 {share.id.text(), now}));
      if (count == 0) return {};
      const Settlement settlement{now, [this] { return core::ShareId::make(clock, random); }};
      return settle_album(transaction, settlement, share, changes);
    });
    KITH_TRY(std::move(done));
    changes.tell(events);
    events.albums_changed(share.owner);
  }
  return static_cast<int>(expired.size());
}

}  // namespace kith::assets
