#include "assets/share_rows.hpp"

namespace kith::assets {

namespace {

constexpr int kShareColumns = 7;  // what share_of reads
constexpr int kAlbum = 7, kStrippedDigest = 8, kStrippedSize = 9, kShownAsset = 10;

// What the schema does not let happen is taken for the safest.
Strip strip_of(const storage::Row& row, int column) {
  return strip_from_name(row.text(column)).value_or(Strip(StripMode::all));
}

}  // namespace

Share share_of(const storage::Row& row) {
  Share share;
  share.id = id_of<core::ShareId>(row, 0);
  share.owner = id_of<core::UserId>(row, 1);
  share.viewer = id_of<core::UserId>(row, 2);
  share.asset = id_of<core::AssetId>(row, 3);
  share.shared_at = row.time(4);
  share.terms = {row.optional_time(5), strip_of(row, 6)};
  return share;
}

SharedAsset own_share_of(const storage::Row& row) {
  SharedAsset own{share_of(row), asset_of(row, kShareColumns), {}, {}};
  own.original = own.asset.digest;
  return own;
}

SharedAsset shown_asset_of(const storage::Row& row) {
  SharedAsset shown{share_of(row), asset_of(row, kShownAsset), row.optional_text(kAlbum), {}};
  shown.original = shown.asset.digest;
  if (!shown.is_stripped()) return shown;
  // kIsReady holds, so the columns are there; a digest of zeros is nobody's.
  shown.asset.digest = core::Digest::from(row.blob(kStrippedDigest)).value_or(core::Digest());
  shown.asset.size = static_cast<std::uint64_t>(row.integer(kStrippedSize));
  if (shown.share.terms.strip == StripMode::all) {
    shown.asset.photo.captured_at.clear();
    shown.asset.photo.camera.clear();
  }
  return shown;
}

}  // namespace kith::assets
