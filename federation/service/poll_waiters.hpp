#pragma once
// Polls that wait for a decision: one a handshake, answered when there is news, a newer poll, or the wait is over.
// No thread is held. Thread-safe; callbacks are handed back to the caller and called without the lock.

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/id.hpp"
#include "core/time.hpp"
#include "federation/service/handshakes.hpp"
#include "federation/signing.hpp"

namespace kith::federation {

struct WaitingPoll {
  core::ConnectionId handshake;
  SignedMessage request;
  core::Timestamp until;
  std::function<void(WireAnswer)> reply;
};

class PollWaiters {
 public:
  // The one it takes the place of, to be answered now. After stop() it is `poll` itself.
  std::optional<WaitingPoll> put(WaitingPoll poll) {
    std::lock_guard lock(mutex_);
    if (stopped_) return poll;
    std::optional<WaitingPoll> older;
    if (auto node = waiting_.extract(poll.handshake)) older = std::move(node.mapped());
    const auto id = poll.handshake;
    waiting_.emplace(id, std::move(poll));
    return older;
  }
  std::optional<WaitingPoll> take(const core::ConnectionId& handshake) {
    std::lock_guard lock(mutex_);
    auto node = waiting_.extract(handshake);
    if (!node) return std::nullopt;
    return std::move(node.mapped());
  }
  std::vector<WaitingPoll> take_over(core::Timestamp now) {
    return take_if([&](const WaitingPoll& poll) { return poll.until <= now; });
  }
  std::vector<WaitingPoll> stop() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    return take_if([](const WaitingPoll&) { return true; });
  }
  std::optional<core::Timestamp> next() const {
    std::lock_guard lock(mutex_);
    std::optional<core::Timestamp> earliest;
    for (const auto& [id, poll] : waiting_) {
      if (!earliest || poll.until < *earliest) earliest = poll.until;
    }
    return earliest;
  }

 private:
  template <class Condition>
  std::vector<WaitingPoll> take_if(Condition condition) {
    std::lock_guard lock(mutex_);
    std::vector<WaitingPoll> taken;
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      if (condition(it->second)) {
        taken.push_back(std::move(it->second));
        it = waiting_.erase(it);
      } else {
        ++it;
      }
    }
    return taken;
  }

  mutable std::mutex mutex_;  // guards both
  std::map<core::ConnectionId, WaitingPoll> waiting_;
  bool stopped_ = false;
};

}  // namespace kith::federation
