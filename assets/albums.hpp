#pragma once
// Albums: named, ordered sets of a user's own assets. Who sees them is in album_shares.hpp; what is put into an album
// that is shared is shown to its viewers, what is taken out they lose, unless something else shows it to them.
//
// A deleted asset is out of all albums, and back at its place when it is restored. Every call names the owner;
// somebody else's album is not_found like an absent one. Thread-safe; calls block on disk.

#include <functional>
#include <string_view>

#include "assets/album_shares.hpp"

namespace kith::assets {

class ShareChanges;
struct Settlement;

struct Album {
  core::AlbumId id;
  core::UserId owner;
  std::string name;
  int count = 0;                       // of assets in it
  std::optional<core::AssetId> cover;  // the one that was chosen, else the first photo
  std::vector<core::UserId> viewers;   // whom it is shared with, the latest first
  core::Timestamp created_at;
  core::Timestamp updated_at;  // of its name, cover or content
};

struct AlbumChange {
  std::optional<std::string> name;
  std::optional<std::optional<core::AssetId>> cover;  // nothing inside: no chosen one any more
};

class Albums {
 public:
  explicit Albums(const Shares::Parts& parts) : parts_(parts), shares_(parts) {}

  AlbumShares& shares() { return shares_; }

  // conflict for one more than kMaxAlbumsPerUser. Several may have one name.
  [[nodiscard]] core::Expected<Album> create(const core::UserId& owner, std::string_view name);
  [[nodiscard]] core::Expected<Album> find(const core::UserId& owner, const core::AlbumId& id);
  // The newest first.
  [[nodiscard]] core::Expected<Page<Album>> list(const core::UserId& owner, const PageRequest& page);
  // not_found for a cover that is not in the album.
  [[nodiscard]] core::Expected<Album> change(const core::UserId& owner, const core::AlbumId& id,
                                             const AlbumChange& change);
  // Its shares first, one after the other; then the album. The assets stay.
  [[nodiscard]] core::Expected<void> remove(const core::UserId& owner, const core::AlbumId& id);

  // What is in it, in its order.
  [[nodiscard]] core::Expected<Page<Asset>> assets(const core::UserId& owner, const core::AlbumId& id,
                                                   const PageRequest& page);
  // Puts these in front of `before`, or at the end, in the order given; those in it already move there. All or none:
  // not_found for one that isn't the owner's, conflict when the album would have more than kMaxAssetsPerAlbum, or for a
  // photo that the viewers can't be shown as the album is shared with them.
  [[nodiscard]] core::Expected<Album> add(const core::UserId& owner, const core::AlbumId& id,
                                          std::span<const core::AssetId> assets,
                                          const std::optional<core::AssetId>& before = {});
  // Passes over what is not in it.
  [[nodiscard]] core::Expected<Album> take_out(const core::UserId& owner, const core::AlbumId& id,
                                               std::span<const core::AssetId> assets);

 private:
  core::Expected<void> prepare(const core::UserId& owner, const core::AlbumId& id,
                               std::span<const core::AssetId> assets);
  core::Expected<Album> edit(
      const core::UserId& owner, const core::AlbumId& id,
      const std::function<core::Expected<void>(storage::Transaction&, const Settlement&, ShareChanges&)>& work);

  const Shares::Parts parts_;
  AlbumShares shares_;
};

}  // namespace kith::assets
