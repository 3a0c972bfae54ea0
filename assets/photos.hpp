#pragma once
// Photos by the time they were taken, what there is to narrow them by, and their thumbnails.
//
// The time is what the camera's clock showed; where that is not known, when the photo came here. Viewers whose share
// leaves everything out are neither told when and with what a photo was taken, nor can they find it by that.
// Thread-safe; calls block on disk.

#include <optional>
#include <string>
#include <vector>

#include "assets/asset.hpp"
#include "assets/page.hpp"
#include "assets/photo_rows.hpp"
#include "assets/photo_work.hpp"
#include "assets/shares.hpp"
#include "storage/thumbnail_files.hpp"

namespace kith::assets {

struct PhotoFilter {
  std::string name;                   // part of the name; empty for all
  std::optional<std::string> camera;  // exactly
  std::optional<std::int64_t> from;   // core::parse_wall_bound; this one included,
  std::optional<std::int64_t> to;     // this one not
};

struct PhotoSummary {
  struct Camera {
    std::string name;
    std::int64_t count;
  };
  struct Month {
    std::string month;  // "2024-07"
    std::int64_t count;
  };
  std::vector<Camera> cameras;  // by name, at most kMaxSummary
  std::vector<Month> months;    // the newest first, at most kMaxSummary
};

struct PhotoThumbnail {
  std::string webp;
  std::string etag;  // of these bytes; a strong entity tag with its quotes
};

class Photos {
 public:
  static constexpr int kMaxSummary = 2'000;

  // All are borrowed and outlive this. `work` is woken when thumbnails are lost.
  Photos(storage::Database& database, storage::ThumbnailFiles& thumbnails, PhotoWork& work, const core::Clock& clock);

  // The newest first. What gets its time, or another, while somebody pages may be missed or come twice.
  [[nodiscard]] core::Expected<Page<Asset>> list(const core::UserId& owner, const PhotoFilter& filter,
                                                 const PageRequest& page);
  // Of what `owner` shows to `viewer`.
  [[nodiscard]] core::Expected<Page<SharedAsset>> list_between(const core::UserId& owner, const core::UserId& viewer,
                                                               const PhotoFilter& filter, const PageRequest& page);
  [[nodiscard]] core::Expected<PhotoSummary> summary(const core::UserId& owner);

  // The smallest there is whose longer side has `edge` pixels, or the largest. `content` is the original's digest; who
  // asks must have been let through. not_found where there is none (yet).
  [[nodiscard]] core::Expected<PhotoThumbnail> thumbnail(const core::UserId& owner, const core::Digest& content,
                                                         int edge);

 private:
  storage::Database& database_;
  storage::ThumbnailFiles& thumbnails_;
  PhotoWork& work_;
  const core::Clock& clock_;
  PhotoRows rows_;
};

}  // namespace kith::assets
