#pragma once
// The open event streams of live senders, by user: so that a log-out ends those of the log-in at once. Thread-safe.

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/id.hpp"
#include "daemon/api/live_event_stream.hpp"

namespace kith::daemon {

class LiveListeners {
 public:
  void add(const core::UserId& user, const std::shared_ptr<LiveEventStream>& stream);
  // Has the log-ins of this user's streams verified, now.
  void check(const core::UserId& user);
  std::size_t open_streams() const;

 private:
  mutable std::mutex mutex_;  // guards the streams; never held while one is called
  std::vector<std::pair<core::UserId, std::weak_ptr<LiveEventStream>>> streams_;  // bounded by live.transfers
};

}  // namespace kith::daemon
