#pragma once
// What a user has: finding, listing, reading, renaming, deleting and restoring assets. Content comes in through
// Uploads.
//
// Every call names the owner; somebody else's asset is not_found like an absent one. Thread-safe; calls block on disk.

#include <functional>
#include <optional>
#include <string_view>

#include "assets/asset.hpp"
#include "assets/asset_events.hpp"
#include "assets/page.hpp"
#include "core/clock.hpp"
#include "storage/blob_store.hpp"
#include "storage/database.hpp"

namespace kith::assets {

class Catalogue {
 public:
  // All are borrowed and outlive the catalogue.
  Catalogue(storage::Database& database, storage::BlobStore& blobs, const core::Clock& clock, AssetEvents& events);

  [[nodiscard]] core::Expected<Asset> find(const core::UserId& owner, const core::AssetId& id);
  [[nodiscard]] core::Expected<Asset> find_by_name(const core::UserId& owner, std::string_view name);
  // One with this content as its newest version, if there is one.
  [[nodiscard]] core::Expected<std::optional<Asset>> find_by_content(const core::UserId& owner,
                                                                     const core::Digest& digest);
  [[nodiscard]] core::Expected<Page<Asset>> list(const core::UserId& owner, const AssetFilter& filter,
                                                 const PageRequest& page);

  // The newest version's content. internal when the store has lost it.
  [[nodiscard]] core::Expected<AssetContent> open(const core::UserId& owner, const core::AssetId& id);
  [[nodiscard]] core::Expected<AssetContent> open_by_name(const core::UserId& owner, std::string_view name);

  // conflict when another asset has the name; its present name is fine and changes nothing.
  [[nodiscard]] core::Expected<Asset> rename(const core::UserId& owner, const core::AssetId& id, std::string_view name);

  // Gone for everybody at once, its name free again. It and its shares can be restored for kDeletedKept, unless new
  // uploads need the room before; then the sweep removes it with its content.
  [[nodiscard]] core::Expected<Asset> remove(const core::UserId& owner, const core::AssetId& id);
  [[nodiscard]] core::Expected<Asset> remove_by_name(const core::UserId& owner, std::string_view name);
  // conflict when another asset has the name by now; not_found when it is too late.
  [[nodiscard]] core::Expected<Asset> restore(const core::UserId& owner, const core::AssetId& id);

  // What restore() would still take, the newest asset first.
  [[nodiscard]] core::Expected<Page<DeletedAsset>> list_deleted(const core::UserId& owner, const PageRequest& page);

  // Bytes that count towards the quota: all versions of what is not deleted, equal content once, and the whole size of
  // open resumable uploads.
  [[nodiscard]] core::Expected<std::uint64_t> used_bytes(const core::UserId& owner);

 private:
  using Find = std::function<core::Expected<Asset>(storage::Reader&)>;
  core::Expected<Asset> remove_found(const Find& find);

  storage::Database& database_;
  storage::BlobStore& blobs_;
  const core::Clock& clock_;
  AssetEvents& events_;
};

}  // namespace kith::assets
