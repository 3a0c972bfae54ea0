#include "storage/following_hash.hpp"

#include <algorithm>

#include "storage/limits.hpp"

namespace kith::storage {

void FollowingHash::follow(std::shared_ptr<const Descriptor> file, std::uint64_t end) {
  const std::lock_guard lock(mutex_);
  if (end <= end_) return;
  file_ = std::move(file);
  end_ = end;
  if (running_ || !is_behind()) return;
  running_ = pool_.try_post([self = shared_from_this()] { self->step(); });
}

std::uint64_t FollowingHash::end() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

bool FollowingHash::is_broken() const {
  const std::lock_guard lock(mutex_);
  return broken_.has_value();
}

// A part, then others have their turn: the beginning of a large file takes a while.
void FollowingHash::step() {
  auto hashed = hash_some(kHashTurn);
  const std::lock_guard lock(mutex_);
  if (!hashed) broken_ = hashed.error();
  running_ = is_behind() && pool_.post([self = shared_from_this()] { self->step(); });
  if (running_) return;
  file_.reset();
  changed_.notify_all();
}

core::Expected<void> FollowingHash::hash_some(std::uint64_t most) {
  std::shared_ptr<const Descriptor> file;
  std::uint64_t end = 0;
  {
    const std::lock_guard lock(mutex_);
    file = file_;
    end = std::min(end_, done_ + most);
  }
  core::Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kBlobBuffer, end - done_)));
  while (done_ < end) {
    const auto part =
        std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end - done_)));
    KITH_TRY_ASSIGN(whole, read_exactly(file->get(), done_, part));
    if (!whole) return core::fail(core::ErrorCode::storage_failed, "partial content became shorter");
    hash_.update(part);
    sums_.add(part);
    done_ += part.size();
  }
  return {};
}

core::Expected<void> FollowingHash::catch_up() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !running_; });
    if (broken_) return tl::make_unexpected(*broken_);
    if (done_ == end_) return {};
    running_ = true;
  }
  auto hashed = hash_some(UINT64_MAX - done_);
  const std::lock_guard lock(mutex_);
  if (!hashed) broken_ = hashed.error();
  running_ = false;
  file_.reset();
  changed_.notify_all();
  return hashed;
}

core::Digest FollowingHash::digest() {
  if (!digest_) digest_ = hash_.finish();
  return *digest_;
}

}  // namespace kith::storage
