#include "daemon/api/live_listeners.hpp"

#include <algorithm>

namespace kith::daemon {

void LiveListeners::add(const core::UserId& user, const std::shared_ptr<LiveEventStream>& stream) {
  const std::lock_guard lock(mutex_);
  std::erase_if(streams_, [](const auto& entry) { return entry.second.expired(); });
  streams_.emplace_back(user, stream);
}

void LiveListeners::check(const core::UserId& user) {
  std::vector<std::shared_ptr<LiveEventStream>> found;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [owner, weak] : streams_) {
      if (owner != user) continue;
      if (auto stream = weak.lock()) found.push_back(std::move(stream));
    }
  }
  for (const auto& stream : found) stream->check();
}

std::size_t LiveListeners::open_streams() const {
  const std::lock_guard lock(mutex_);
  const auto open = std::ranges::count_if(streams_, [](const auto& entry) { return !entry.second.expired(); });
  return static_cast<std::size_t>(open);
}

}  // namespace kith::daemon
