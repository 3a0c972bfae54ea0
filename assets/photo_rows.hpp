#pragma once
// The queue of photos that wait to be looked at, and what became of them, in the database (0010_photos.sql). Rows come
// by triggers as soon as content is named. Thread-safe; calls block on disk. For photo_work and photos only.

#include <optional>
#include <set>
#include <vector>

#include "assets/photo_answer.hpp"
#include "storage/blob_store.hpp"
#include "storage/database.hpp"

namespace kith::assets {

// What became of an examination.
struct PhotoOutcome {
  bool is_there = false;             // false: the content went meanwhile
  std::vector<core::AssetId> shown;  // assets that have this content now
};

class PhotoRows {
 public:
  explicit PhotoRows(storage::Database& database) : database_(database) {}

  // Gives up photos whose last try ended with the daemon. Once, at start.
  [[nodiscard]] core::Expected<void> give_up_tried();
  // The next photo none of `running`, those with fewer tries first; the try counts from here on. Nothing when none
  // waits.
  [[nodiscard]] core::Expected<std::optional<storage::BlobKey>> claim(const std::set<storage::BlobKey>& running);
  [[nodiscard]] core::Expected<PhotoOutcome> finish(const storage::BlobKey& photo, const ExaminedPhoto& examined);
  // Another try, unless this was the last; or none any more.
  [[nodiscard]] core::Expected<void> fail_once(const storage::BlobKey& photo);
  [[nodiscard]] core::Expected<void> fail_for_good(const storage::BlobKey& photo);
  // As if it had not been claimed.
  [[nodiscard]] core::Expected<void> release(const storage::BlobKey& photo);
  // To be looked at anew: its thumbnails are lost.
  [[nodiscard]] core::Expected<void> wait_again(const storage::BlobKey& photo);

  [[nodiscard]] core::Expected<bool> is_ready(const storage::BlobKey& photo);
  // Those that left thumbnails, at most `limit`.
  [[nodiscard]] core::Expected<std::vector<storage::BlobKey>> gone(int limit);
  [[nodiscard]] core::Expected<bool> is_known(const storage::BlobKey& photo);
  [[nodiscard]] core::Expected<void> forget_gone(const storage::BlobKey& photo);

 private:
  core::Expected<void> change(std::string_view sql, const storage::BlobKey& photo);
  core::Expected<bool> exists(std::string_view sql, const storage::BlobKey& photo);

  storage::Database& database_;
};

}  // namespace kith::assets
