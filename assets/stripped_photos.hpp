#pragma once
// Photos as those see them who are not to learn where they were taken: content made of the original while it is read,
// with a size and a digest of its own that are computed once and kept (table stripped_photos). Thread-safe.

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "assets/photo_strip.hpp"
#include "core/crypto/sha256.hpp"
#include "core/id.hpp"
#include "storage/blob_store.hpp"
#include "storage/database.hpp"

namespace kith::assets {

struct PhotoVariant {
  core::Digest digest;  // the original's when there is nothing to leave out
  std::uint64_t size = 0;
  bool operator==(const PhotoVariant&) const = default;
};

class PhotoVariants {
 public:
  PhotoVariants(storage::Database& database, storage::BlobStore& blobs);

  // What the photo of `owner` with this content comes to. Nothing when it can't be left out of it; other content than
  // pictures has nothing to leave out and comes out as it is. The first call for a photo reads it once from end to end.
  // Reads and writes the database: not to be called inside a transaction. not_found when the blob is not there.
  [[nodiscard]] core::Expected<std::optional<PhotoVariant>> ensure(const core::UserId& owner,
                                                                   const core::Digest& original,
                                                                   std::string_view media_type, StripMode mode);

  // The content itself. conflict when it can't be left out; never the original in its place.
  [[nodiscard]] core::Expected<std::shared_ptr<storage::BlobReader>> open(const core::UserId& owner,
                                                                          const core::Digest& original,
                                                                          std::string_view media_type, StripMode mode);

 private:
  using Plan = std::shared_ptr<const StripPlan>;
  struct KeptPlan {
    storage::BlobKey key;
    StripMode mode;
    Plan plan;
  };

  core::Expected<Plan> plan_for(const storage::BlobKey& key, storage::BlobReader& content, std::string_view media_type,
                                StripMode mode);
  core::Expected<std::optional<PhotoVariant>> measure(const storage::BlobKey& key, std::string_view media_type,
                                                      StripMode mode);
  core::Expected<void> write_down(const storage::BlobKey& key, StripMode mode,
                                  const std::optional<PhotoVariant>& variant);

  storage::Database& database_;
  storage::BlobStore& blobs_;
  std::mutex mutex_;           // guards plans_
  std::list<KeptPlan> plans_;  // of the photos read last, the newest first: viewers ask for many ranges of one
};

}  // namespace kith::assets
