#pragma once
// What LiveTransfers and the channels it gives out share, and the lock around it. Channels may outlive LiveTransfers:
// they find nothing any more then.

#include <mutex>

#include "assets/live_offer.hpp"

namespace kith::assets {

struct LiveState {
  LiveState(const core::Clock& its_clock, core::Random& its_random, LiveLimits its_limits)
      : clock(&its_clock), random(&its_random), limits(its_limits) {}

  std::mutex mutex;          // guards all of this
  const core::Clock* clock;  // both are nothing once stopped
  core::Random* random;
  const LiveLimits limits;
  std::list<LiveOffer> offers;

  bool stopped() const { return clock == nullptr; }

  LiveOffer* find(const LiveId& id);
  // not_found; busy when stopped.
  core::Expected<LiveOffer*> offer_of(const core::UserId& owner, const LiveId& id);
  core::Expected<LiveOffer*> offer_with(std::string_view code);
  // busy when there are too many, of everybody together or of this user.
  core::Expected<void> check_room_for_offer(const core::UserId& owner) const;
  core::Expected<void> check_room_for_request(const LiveOffer& offer) const;
  void end_offer(LiveOffer& offer, std::string reason, const core::Error& why, LiveTurn& turn);
};

// The lock, for one turn; what the turn collects is called when the lock is free again.
struct LiveLocked {
  explicit LiveLocked(LiveState& state) : lock(state.mutex) {
    if (!state.stopped()) turn.now = state.clock->steady();
  }
  LiveTurn turn;  // before the lock: it goes after it
  const std::lock_guard<std::mutex> lock;
};

}  // namespace kith::assets
