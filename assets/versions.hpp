#pragma once
// Older versions of an asset: what an upload of the same name took the place of. They are kept for kVersionKept, can be
// read, and be made the newest again.
//
// Every call names the owner; viewers see the newest version alone. Thread-safe; calls block on disk.

#include <cstdint>
#include <optional>
#include <string>

#include "assets/asset.hpp"
#include "assets/asset_events.hpp"
#include "assets/page.hpp"
#include "core/clock.hpp"
#include "storage/database.hpp"

namespace kith::assets {

struct AssetVersion {
  std::int64_t number = 1;
  std::uint64_t size = 0;
  core::Digest digest;
  std::string media_type;
  core::Timestamp created_at;
  std::optional<core::Timestamp> superseded_at;  // nothing for the newest

  bool is_current() const { return !superseded_at; }
  std::optional<core::Timestamp> kept_until() const;  // nothing for the newest, which stays
};

class Versions {
 public:
  // All are borrowed and outlive this.
  Versions(storage::Database& database, storage::BlobStore& blobs, const core::Clock& clock, AssetEvents& events)
      : database_(database), blobs_(blobs), clock_(clock), events_(events) {}

  // The newest version first. not_found when there is no such asset.
  [[nodiscard]] core::Expected<Page<AssetVersion>> list(const core::UserId& owner, const core::AssetId& asset,
                                                        const PageRequest& page);

  // The content of one version; size, digest, media type and times of the asset are that version's.
  [[nodiscard]] core::Expected<AssetContent> open(const core::UserId& owner, const core::AssetId& asset,
                                                  std::int64_t number);

  // Its content becomes a new version, the newest; nothing is lost, and the quota is not touched, since the content is
  // there already. Content equal to the newest makes no new version. Viewers are told as of an upload.
  [[nodiscard]] core::Expected<Asset> restore(const core::UserId& owner, const core::AssetId& asset,
                                              std::int64_t number);

 private:
  storage::Database& database_;
  storage::BlobStore& blobs_;
  const core::Clock& clock_;
  AssetEvents& events_;
};

}  // namespace kith::assets
