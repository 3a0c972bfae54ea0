#include "storage/hash_lane.hpp"

namespace kith::storage {

void HashLane::start(core::ByteView buffer) {
  wait();
  running_ = true;
  const bool posted = pool_.try_post([this, buffer] {
    hash_.update(buffer);
    std::lock_guard lock(mutex_);
    running_ = false;
    done_.notify_one();  // under the lock: the lane may be gone right after
  });
  if (posted) return;
  // All of the pool's threads have enough to do.
  hash_.update(buffer);
  running_ = false;
}

void HashLane::wait() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return !running_; });
}

core::Digest HashLane::finish() {
  wait();
  return hash_.finish();
}

}  // namespace kith::storage
