#pragma once
// Looks at photos as they come in: a few threads that take one after the other from the queue in the database, have it
// examined, and keep its thumbnails and what it tells. A photo that ends the examination is tried kPhotoAttempts times
// and holds up no other; what waits when the daemon ends is taken up after the next start.
//
// Thread-safe. References are borrowed and outlive this. Owners and viewers are told in bundles, not photo by photo.

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "assets/asset_events.hpp"
#include "assets/photo_program.hpp"
#include "assets/photo_rows.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "storage/thumbnail_files.hpp"

namespace kith::assets {

class PhotoWork {
 public:
  struct Parts {
    storage::Database& database;
    storage::BlobStore& blobs;
    storage::ThumbnailFiles& thumbnails;
    PhotoReader& reader;
    AssetEvents& events;
    const core::Clock& clock;
    core::Logger log;
    int threads = 1;  // 0: photos wait
  };
  explicit PhotoWork(const Parts& parts);
  ~PhotoWork();
  PhotoWork(const PhotoWork&) = delete;
  PhotoWork& operator=(const PhotoWork&) = delete;

  // Takes up what waits, on threads of its own.
  void start();
  // What each of them does, on the calling one: looks at photos until none waits, or nothing can be done just now.
  void work_off();
  // Something may wait, or may have gone. Never blocks.
  void wake();
  // Ends the running examinations, which are taken up after the next start, and joins the threads. Idempotent.
  void stop();

 private:
  using News = std::map<core::UserId, std::vector<core::AssetId>>;
  void run();
  bool look_at_one();
  bool settle(const storage::BlobKey& photo, const core::Expected<ExaminedPhoto>& examined);
  core::Expected<void> keep(const storage::BlobKey& photo, const ExaminedPhoto& examined);
  core::Expected<void> remove_gone();
  void tell_if_due(bool at_once);
  void tell(const core::UserId& owner, const std::vector<core::AssetId>& assets);
  template <class T>
  bool noted(const core::Expected<T>& done) const;

  const Parts parts_;
  PhotoRows rows_;
  std::mutex files_;   // held while thumbnails are written or removed, and the row that speaks of them
  std::mutex claims_;  // guards running_, and is held while the next photo is chosen
  std::set<storage::BlobKey> running_;
  std::mutex mutex_;  // guards the rest
  std::condition_variable wake_;
  std::uint64_t wakes_ = 0;
  bool stopping_ = false;
  News news_;
  std::chrono::steady_clock::time_point told_{};
  std::vector<std::thread> threads_;
};

}  // namespace kith::assets
