#include "assets/live_state.hpp"

#include <algorithm>

namespace kith::assets {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::chrono::seconds kRetryAfter{30};

core::Unexpected busy(std::string detail) {
  return tl::unexpected(core::Error{ErrorCode::busy, std::move(detail), kRetryAfter, {}});
}

template <class Count>
core::Expected<void> check_room(const LiveState& state, const core::UserId& owner, const Count& count) {
  std::size_t all = 0;
  std::size_t theirs = 0;
  for (const auto& offer : state.offers) {
    all += count(offer);
    if (offer.terms().owner == owner) theirs += count(offer);
  }
  const auto half = std::max<std::size_t>(state.limits.transfers / 2, 1);
  if (theirs >= half) return busy("this person has as many live transfers as one may have: wait until one has ended");
  if (all >= state.limits.transfers) return busy("there are too many live transfers here: try again later");
  return {};
}

}  // namespace

LiveOffer* LiveState::find(const LiveId& id) {
  const auto found = std::ranges::find(offers, id, [](const LiveOffer& offer) { return offer.terms().id; });
  return found == offers.end() ? nullptr : &*found;
}

core::Expected<LiveOffer*> LiveState::offer_of(const core::UserId& owner, const LiveId& id) {
  if (stopped()) return busy("the daemon is stopping");
  auto* offer = find(id);
  if (offer == nullptr || offer->terms().owner != owner) return fail(ErrorCode::not_found, "you offer no such files");
  return offer;
}

core::Expected<LiveOffer*> LiveState::offer_with(std::string_view code) {
  if (stopped()) return busy("the daemon is stopping");
  const auto found =
      std::ranges::find(offers, code, [](const LiveOffer& offer) -> std::string_view { return offer.terms().code; });
  if (found == offers.end()) return fail(ErrorCode::not_found, "nobody offers files under this code, or not any more");
  return &*found;
}

core::Expected<void> LiveState::check_room_for_offer(const core::UserId& owner) const {
  if (stopped()) return busy("the daemon is stopping");
  return check_room(*this, owner, [](const LiveOffer&) { return std::size_t{1}; });
}

core::Expected<void> LiveState::check_room_for_request(const LiveOffer& offer) const {
  if (offer.unfinished() >= kLiveRequests)
    return busy("as many receivers as one offer may have are at it: try again when one has ended");
  return check_room(*this, offer.terms().owner, [](const LiveOffer& one) { return one.unfinished(); });
}

void LiveState::end_offer(LiveOffer& offer, std::string reason, const core::Error& why, LiveTurn& turn) {
  offer.end_all(std::move(reason), why, turn);
  offers.remove_if([&](const LiveOffer& one) { return &one == &offer; });
}

}  // namespace kith::assets
