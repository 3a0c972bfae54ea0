#pragma once
// An asset: a named file or photo of one user, with its newest version's content. Plain values.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "assets/media_type.hpp"
#include "core/crypto/sha256.hpp"
#include "core/id.hpp"
#include "core/time.hpp"
#include "storage/blob_store.hpp"

namespace kith::assets {

// What is known of a photo's content; nothing of it until it was looked at, and for all that is no photo.
struct PhotoFacts {
  int width = 0;  // upright; 0 where it is not known
  int height = 0;
  std::string captured_at;  // core/wall_time.hpp; empty where it is not told
  std::string camera;       // likewise
  bool has_thumbnail = false;
};

struct Asset {
  core::AssetId id;
  core::UserId owner;
  std::string name;
  std::string media_type;
  AssetKind kind = AssetKind::other;
  std::uint64_t size = 0;
  core::Digest digest;
  std::int64_t version = 1;    // counts from 1 for each asset
  core::Timestamp created_at;  // of the first version
  core::Timestamp updated_at;  // of the newest version or name
  PhotoFacts photo;            // of the newest version
};

// An asset and its content. The reader stays good when the asset is deleted or gets a newer version meanwhile.
struct AssetContent {
  Asset asset;
  std::shared_ptr<storage::BlobReader> reader;
};

// One that can still be restored.
struct DeletedAsset {
  Asset asset;
  core::Timestamp deleted_at;
};

// What a list is narrowed to.
struct AssetFilter {
  std::optional<AssetKind> kind;
  std::string name;  // part of the name, upper or lower case alike; empty for all
};

// Strong entity tag, quotes included (RFC 9110, section 8.8.3): equal content, equal tag.
std::string entity_tag(const core::Digest& digest);
// Value of the Repr-Digest field (RFC 9530, section 3): `sha-256=:…:`. The `digest` of JSON is core::digest_text.
std::string repr_digest(const core::Digest& digest);

}  // namespace kith::assets
