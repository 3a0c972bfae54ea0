// The sender's calls of LiveTransfers.

#include "assets/live_channel_ends.hpp"
#include "assets/live_transfers.hpp"

namespace kith::assets {

using core::Error;
using core::ErrorCode;
using core::fail;

namespace {

core::Expected<LiveRequest*> find_request(LiveOffer& offer, const LiveRequestId& id, LiveTime now) {
  offer.heard_from_sender(now);
  if (auto* request = offer.find(id)) return request;
  if (offer.find_past(id) != nullptr)
    return fail(ErrorCode::transfer_ended, "the receiver waits for this file no more");
  return fail(ErrorCode::not_found, "nobody has asked for this");
}

Error told_receiver(LiveReason reason) {
  switch (reason) {
    case LiveReason::file_changed:
      return {ErrorCode::file_changed, "the sender's file has changed meanwhile: get it anew", {}, {}};
    case LiveReason::not_authentic:
      return {ErrorCode::not_authentic, "the sender could not see that you have the link: get it anew", {}, {}};
    case LiveReason::cancelled:
      break;
  }
  return {ErrorCode::transfer_ended, "the sender has ended it", {}, {}};
}

}  // namespace

core::Expected<std::shared_ptr<LiveEvents>> LiveTransfers::listen(const core::UserId& owner, const LiveId& id) {
  LiveLocked locked(*state_);
  KITH_TRY_ASSIGN(offer, state_->offer_of(owner, id));
  auto box = std::make_shared<LiveEventBox>(locked.turn.now);
  offer->listen(box, locked.turn);
  return make_live_events(state_, id, std::move(box));
}

core::Expected<LiveOpening> LiveTransfers::answer(const core::UserId& owner, const LiveId& id,
                                                  const LiveRequestId& request, LiveOpening opening, Wanted wanted) {
  LiveLocked locked(*state_);
  KITH_TRY_ASSIGN(offer, state_->offer_of(owner, id));
  KITH_TRY_ASSIGN(found, find_request(*offer, request, locked.turn.now));
  return found->open(std::move(opening), wanted, locked.turn);
}

void LiveTransfers::put(const core::UserId& owner, const LiveId& id, const LiveRequestId& request, Chunk chunk,
                        Done done) {
  LiveLocked locked(*state_);
  const auto found = state_->offer_of(owner, id).and_then(
      [&](LiveOffer* offer) { return find_request(*offer, request, locked.turn.now); });
  if (found)
    (*found)->put(std::move(chunk), std::move(done), locked.turn);
  else
    locked.turn.answer(std::move(done), tl::unexpected(found.error()));
}

core::Expected<void> LiveTransfers::refuse(const core::UserId& owner, const LiveId& id, const LiveRequestId& request,
                                           LiveReason reason) {
  LiveLocked locked(*state_);
  KITH_TRY_ASSIGN(offer, state_->offer_of(owner, id));
  if (offer->find_past(request) != nullptr) return {};
  KITH_TRY_ASSIGN(found, find_request(*offer, request, locked.turn.now));
  offer->end(*found, told_receiver(reason), {}, locked.turn);
  return {};
}

}  // namespace kith::assets
