#pragma once
// Who may see what: one row for each asset and viewer. A viewer is any row of users, local or of another instance.
//
// A share counts while it is not withdrawn, its expiry lies ahead and the asset is not deleted; otherwise every answer
// to the viewer is as if it had never been. Assets can be shown by albums too (album_shares.hpp): the viewer gets what
// all of it comes to, the owner's calls here are about their own acts only. A photo that something is left out of is
// hidden until it is known how it looks then. Thread-safe; calls block on disk.

#include <optional>
#include <span>
#include <vector>

#include "assets/asset.hpp"
#include "assets/asset_events.hpp"
#include "assets/page.hpp"
#include "assets/share_preparation.hpp"
#include "assets/share_terms.hpp"
#include "assets/stripped_photos.hpp"
#include "core/clock.hpp"
#include "core/random.hpp"
#include "storage/blob_store.hpp"
#include "storage/database.hpp"

namespace kith::assets {

struct Share {
  core::ShareId id;
  core::UserId owner;
  core::UserId viewer;
  core::AssetId asset;
  core::Timestamp shared_at;
  ShareTerms terms;
};

// A share with what it shows: an item of GET /api/shares, of the private API's lists, of what is shared with me.
// For viewers, `asset` is what they get: its size and digest are those of what is left of a photo.
struct SharedAsset {
  Share share;
  Asset asset;
  std::optional<std::string> album;  // that shows it; for viewers
  core::Digest original;             // of the content itself: never told to a viewer

  bool is_stripped() const { return share.terms.strip && asset.kind == AssetKind::photo; }
};

struct SharedContent {
  SharedAsset shared;
  std::shared_ptr<storage::BlobReader> reader;
};

class Shares {
 public:
  // All are borrowed and outlive this.
  struct Parts {
    storage::Database& database;
    storage::BlobStore& blobs;
    PhotoVariants& variants;
    SharePreparation& preparation;
    const core::Clock& clock;
    core::Random& random;
    AssetEvents& events;
  };
  explicit Shares(const Parts& parts) : parts_(parts) {}

  // --- for the owner
  // Shows up to 500 assets to `viewer`, all or none: not_found if one of them isn't the owner's, conflict for a photo
  // that can't go without what the terms leave out. An asset already shared with the viewer keeps its share and takes
  // the new terms. In the order of `assets`, each once.
  [[nodiscard]] core::Expected<std::vector<Share>> share(const core::UserId& owner, const core::UserId& viewer,
                                                         std::span<const core::AssetId> assets,
                                                         const ShareTerms& terms);
  // What an album shows, it still shows. not_found unless the share is `owner`'s and still counts.
  [[nodiscard]] core::Expected<void> withdraw(const core::UserId& owner, const core::ShareId& id);
  [[nodiscard]] core::Expected<SharedAsset> find(const core::UserId& owner, const core::ShareId& id);
  [[nodiscard]] core::Expected<Page<SharedAsset>> list_by(const core::UserId& owner, const PageRequest& page);
  // The shares that count of at most 500 of the owner's assets, albums' too, for `shared_with` of a list.
  [[nodiscard]] core::Expected<std::vector<Share>> shares_of(const core::UserId& owner,
                                                             std::span<const core::AssetId> assets);

  // --- for the viewer
  // What `owner` shows to `viewer`, last shared first.
  [[nodiscard]] core::Expected<Page<SharedAsset>> list_between(const core::UserId& owner, const core::UserId& viewer,
                                                               const AssetFilter& filter, const PageRequest& page);
  // What anybody on this instance shows to `viewer`.
  [[nodiscard]] core::Expected<Page<SharedAsset>> list_with(const core::UserId& viewer, const PageRequest& page);
  [[nodiscard]] core::Expected<SharedAsset> view(const core::UserId& owner, const core::UserId& viewer,
                                                 const core::AssetId& asset);
  [[nodiscard]] core::Expected<SharedContent> open(const core::UserId& owner, const core::UserId& viewer,
                                                   const core::AssetId& asset);

  // Ends everything shown to `viewer`, albums too: their connection was revoked. Nobody is told.
  [[nodiscard]] core::Expected<void> forget_viewer(const core::UserId& viewer);
  // Ends everything `owner` shows to `viewer`, albums too: this one connection was revoked. Nobody is told.
  [[nodiscard]] core::Expected<void> forget_between(const core::UserId& owner, const core::UserId& viewer);

 private:
  const Parts parts_;
};

}  // namespace kith::assets
