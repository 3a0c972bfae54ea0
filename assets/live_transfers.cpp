#include "assets/live_transfers.hpp"

#include "assets/live_code.hpp"
#include "assets/live_listing.hpp"
#include "assets/live_state.hpp"

namespace kith::assets {

using core::Error;
using core::ErrorCode;

namespace {

constexpr std::string_view kClosed = "closed";

Error sender_gone() {
  return {ErrorCode::sender_gone, "the sender has left", {}, {}};
}

}  // namespace

LiveTransfers::LiveTransfers(const core::Clock& clock, core::Random& random, LiveLimits limits)
    : state_(std::make_shared<LiveState>(clock, random, limits)) {}

LiveTransfers::~LiveTransfers() {
  stop();
}

core::Expected<LiveMade> LiveTransfers::open(const core::UserId& owner, std::vector<LiveFile> files,
                                             std::optional<LiveMac> mac) {
  KITH_TRY(check_live_files(files));
  const LiveLocked locked(*state_);
  KITH_TRY(state_->check_room_for_offer(owner));
  const auto& limits = state_->limits;
  auto code = make_live_code(*state_->random);
  while (state_->offer_with(code)) code = make_live_code(*state_->random);
  LiveMade made{LiveId::make(*state_->clock, *state_->random), code, state_->clock->now() + limits.lifetime};
  state_->offers.emplace_back(LiveOffer::Terms{made.id, made.code, owner, std::move(files), mac, made.expires_at,
                                               locked.turn.now + limits.lifetime},
                              locked.turn.now);
  return made;
}

core::Expected<void> LiveTransfers::close(const core::UserId& owner, const LiveId& id) {
  LiveLocked locked(*state_);
  KITH_TRY_ASSIGN(offer, state_->offer_of(owner, id));
  state_->end_offer(*offer, std::string(kClosed), sender_gone(), locked.turn);
  return {};
}

void LiveTransfers::forget(const core::UserId& owner) {
  LiveLocked locked(*state_);
  for (auto next = state_->offers.begin(); next != state_->offers.end();) {
    auto& offer = *next++;
    if (offer.terms().owner == owner) state_->end_offer(offer, std::string(kClosed), sender_gone(), locked.turn);
  }
}

void LiveTransfers::sweep() {
  LiveLocked locked(*state_);
  auto& turn = locked.turn;
  const Error expired{ErrorCode::transfer_ended, "what was offered has expired", {}, {}};
  for (auto next = state_->offers.begin(); next != state_->offers.end();) {
    auto& offer = *next++;
    if (offer.terms().deadline <= turn.now)
      state_->end_offer(offer, "expired", expired, turn);
    else if (offer.is_deserted(turn.now - state_->limits.idle))
      state_->end_offer(offer, std::string(kClosed), sender_gone(), turn);
    else
      offer.sweep(state_->limits, turn);
  }
}

void LiveTransfers::stop() {
  LiveLocked locked(*state_);
  while (!state_->offers.empty())
    state_->end_offer(state_->offers.front(), std::string(kClosed), sender_gone(), locked.turn);
  state_->clock = nullptr;
  state_->random = nullptr;
}

LiveTransfers::Counts LiveTransfers::counts() const {
  const LiveLocked locked(*state_);
  Counts counts;
  counts.offers = state_->offers.size();
  for (const auto& offer : state_->offers) {
    counts.requests += offer.unfinished();
    for (const auto& request : offer.requests()) {
      counts.chunks_held += request.queue().held();
      counts.bytes_held += request.queue().bytes_held();
    }
  }
  return counts;
}

}  // namespace kith::assets
