#pragma once
// How shares stand in rows: what queries begin with, and the values made of the rows. A share has two faces: what its
// viewer gets, from all that shows the asset to them, and the owner's own act alone. Only the .cpp files of assets/
// include this.

#include <string_view>

#include "assets/rows.hpp"
#include "assets/shares.hpp"

namespace kith::assets {

#define KITH_SHARES_WITH_ASSETS "FROM shares s JOIN assets a ON a.id = s.asset " KITH_JOIN_VERSION

// What viewers get, expired shares and those of deleted assets too; read by share_of and shown_asset_of.
inline constexpr std::string_view kSelectShown =
    "SELECT s.id, s.owner, s.viewer, s.asset, s.shared_at, s.expires_at, s.strip, b.name, x.stripped_digest, "
    "x.size, " KITH_ASSET_COLUMNS " " KITH_SHARES_WITH_ASSETS
    "LEFT JOIN albums b ON b.id = s.album "
    "LEFT JOIN stripped_photos x ON x.owner = v.owner AND x.digest = v.digest AND x.mode = s.strip ";
inline constexpr int kShownColumns = 10 + kAssetColumns;
// Whether a share counts; takes the present time as its value.
inline constexpr std::string_view kShareCounts = "a.deleted_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > ?) ";
// Whether there is something to show: a photo that something has to be left out of is hidden until it is known how.
inline constexpr std::string_view kIsReady =
    "(a.kind <> 'photo' OR s.strip = 'none' OR x.stripped_digest IS NOT NULL) ";

// Whether the owner is there to share: what somebody suspended or deleted shares is served to nobody meanwhile.
inline constexpr std::string_view kOwnerIsActive =
    "EXISTS (SELECT 1 FROM users o WHERE o.id = s.owner AND o.state = 'active' AND o.deleted_at IS NULL) ";

// The owner's own acts, expired ones and those of deleted assets too; read by share_of and own_share_of.
inline constexpr std::string_view kSelectOwnShares =
    "SELECT s.id, s.owner, s.viewer, s.asset, s.shared_at, s.own_expires_at, s.own_strip, " KITH_ASSET_COLUMNS
    " " KITH_SHARES_WITH_ASSETS;
// Whether an own act counts; takes the present time as its value.
inline constexpr std::string_view kOwnCounts =
    "s.is_own = 1 AND a.deleted_at IS NULL AND (s.own_expires_at IS NULL OR s.own_expires_at > ?) ";

Share share_of(const storage::Row& row);
SharedAsset own_share_of(const storage::Row& row);
SharedAsset shown_asset_of(const storage::Row& row);

}  // namespace kith::assets
