#include "assets/photo_work.hpp"

#include <pthread.h>

#include <utility>

#include "assets/limits.hpp"
#include "assets/rows.hpp"
#include "core/encoding.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::Expected;
using storage::BlobKey;

namespace {

// While many photos come in, whoever looks at them hears of new thumbnails this often.
constexpr std::chrono::seconds kToldEvery{2};

Expected<ExaminedPhoto> examined(PhotoReader& reader, storage::BlobStore& blobs, const BlobKey& photo) {
  KITH_TRY_ASSIGN(content, blobs.open(photo));
  return reader.examine(*content);
}

}  // namespace

PhotoWork::PhotoWork(const Parts& parts) : parts_(parts), rows_(parts.database) {}

PhotoWork::~PhotoWork() {
  stop();
}

void PhotoWork::start() {
  noted(rows_.give_up_tried());
  for (int i = 0; i < parts_.threads; ++i) threads_.emplace_back([this] { run(); });
}

void PhotoWork::wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }
  wake_.notify_all();
}

void PhotoWork::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  parts_.reader.stop();
  wake_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
}

template <class T>
bool PhotoWork::noted(const Expected<T>& done) const {
  if (!done) parts_.log.warning("work on photos pauses", {{"detail", done.error().detail}});
  return done.has_value();
}

void PhotoWork::run() {
  pthread_setname_np(pthread_self(), "kith-photo");
  for (;;) {
    std::uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      seen = wakes_;
    }
    work_off();
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return stopping_ || wakes_ != seen; });
  }
}

void PhotoWork::work_off() {
  noted(remove_gone());
  while (look_at_one()) tell_if_due(false);
  tell_if_due(true);
}

// False when there is no more to do, or nothing can be done just now.
bool PhotoWork::look_at_one() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
  }
  std::optional<BlobKey> photo;
  {
    const std::lock_guard lock(claims_);
    auto next = rows_.claim(running_);
    if (!noted(next) || !*next) return false;
    photo = std::move(*next);
    running_.insert(*photo);
  }
  const bool goes_on = settle(*photo, examined(parts_.reader, parts_.blobs, *photo));
  const std::lock_guard lock(claims_);
  running_.erase(*photo);
  return goes_on;
}

bool PhotoWork::settle(const BlobKey& photo, const Expected<ExaminedPhoto>& seen) {
  if (seen) {
    const auto kept = keep(photo, *seen);
    if (noted(kept)) return true;
    noted(rows_.release(photo));
    return false;
  }
  const auto& error = seen.error();
  if (error.code == ErrorCode::busy) {
    noted(rows_.release(photo));
    return false;
  }
  const bool for_good = error.code == ErrorCode::unsupported_media_type;
  if (!for_good)
    parts_.log.warning("a photo could not be looked at",
                       {{"digest", core::digest_text(photo.digest)}, {"detail", error.detail}});
  return noted(for_good ? rows_.fail_for_good(photo) : rows_.fail_once(photo));
}

Expected<void> PhotoWork::keep(const BlobKey& photo, const ExaminedPhoto& seen) {
  PhotoOutcome outcome;
  {
    const std::lock_guard lock(files_);
    for (const auto& picture : seen.pictures) KITH_TRY(parts_.thumbnails.put(photo, picture.edge, picture.webp));
    KITH_TRY_ASSIGN(finished, rows_.finish(photo, seen));
    if (!finished.is_there) return parts_.thumbnails.remove(photo);
    outcome = std::move(finished);
  }
  const std::lock_guard lock(mutex_);
  auto& assets = news_[photo.owner];
  assets.insert(assets.end(), outcome.shown.begin(), outcome.shown.end());
  return {};
}

// Content that came in again meanwhile keeps its thumbnails.
Expected<void> PhotoWork::remove_gone() {
  for (;;) {
    KITH_TRY_ASSIGN(gone, rows_.gone(kSweepBatch));
    for (const auto& photo : gone) {
      const std::lock_guard lock(files_);
      KITH_TRY_ASSIGN(is_known, rows_.is_known(photo));
      if (!is_known) KITH_TRY(parts_.thumbnails.remove(photo));
      KITH_TRY(rows_.forget_gone(photo));
    }
    if (gone.size() < static_cast<std::size_t>(kSweepBatch)) return {};
  }
}

void PhotoWork::tell_if_due(bool at_once) {
  News news;
  {
    const std::lock_guard lock(mutex_);
    const auto now = parts_.clock.steady();
    if (news_.empty() || (!at_once && now - told_ < kToldEvery)) return;
    told_ = now;
    news.swap(news_);
  }
  for (const auto& [owner, assets] : news) tell(owner, assets);
}

void PhotoWork::tell(const core::UserId& owner, const std::vector<core::AssetId>& assets) {
  parts_.events.owned_changed(owner);
  News of_viewers;
  const auto read = parts_.database.read([&](storage::Reader& reader) -> Expected<void> {
    for (const auto& asset : assets) {
      KITH_TRY_ASSIGN(viewers, viewers_of(reader, asset, parts_.clock.now()));
      for (const auto& viewer : viewers) of_viewers[viewer].push_back(asset);
    }
    return {};
  });
  if (!noted(read)) return;
  for (const auto& [viewer, seen] : of_viewers)
    for (std::size_t begin = 0; begin < seen.size(); begin += kMaxAssetsPerShareCall)
      parts_.events.changed(owner, std::span(&viewer, 1),
                            std::span(seen).subspan(begin, std::min(kMaxAssetsPerShareCall, seen.size() - begin)));
}

}  // namespace kith::assets
