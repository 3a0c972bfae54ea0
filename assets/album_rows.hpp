#pragma once
// How albums and their shares stand in rows, and what a change to them means for those who see them. Only the .cpp
// files of assets/ include this.

#include <string_view>

#include "assets/album_shares.hpp"
#include "assets/rows.hpp"
#include "assets/share_sources.hpp"

namespace kith::assets {

// Expired ones too; read by album_share_of.
inline constexpr std::string_view kSelectAlbumShares =
    "SELECT id, album, owner, viewer, shared_at, expires_at, strip FROM album_shares ";
AlbumShare album_share_of(const storage::Row& row);

// not_found unless the album is the owner's.
core::Expected<void> require_album(storage::Reader& reader, const core::UserId& owner, const core::AlbumId& album);
// Those that count at `now`, the newest first.
core::Expected<std::vector<AlbumShare>> shares_of_album(storage::Reader& reader, const core::AlbumId& album,
                                                        core::Timestamp now);

// After a share of the album began, changed or ended: settles all that is in it for this viewer.
core::Expected<void> settle_album(storage::Transaction& transaction, const Settlement& settlement,
                                  const AlbumShare& share, ShareChanges& changes);
// After these, none of them deleted, came into the album or left it: settles them for all its viewers.
core::Expected<void> settle_members(storage::Transaction& transaction, const Settlement& settlement,
                                    const core::UserId& owner, const core::AlbumId& album,
                                    std::span<const core::AssetId> assets, ShareChanges& changes);

}  // namespace kith::assets
