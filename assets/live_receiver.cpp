// The receiver's calls of LiveTransfers.

#include "assets/live_channel_ends.hpp"
#include "assets/live_listing.hpp"
#include "assets/live_transfers.hpp"

namespace kith::assets {

using core::Error;
using core::ErrorCode;
using core::fail;

namespace {

// A request that goes on, or one that is over; one of them.
struct Found {
  LiveOffer* offer = nullptr;
  LiveRequest* request = nullptr;
  const LiveOffer::Past* past = nullptr;
};

core::Expected<Found> find(LiveState& state, const LiveTransfers::Receiver& who) {
  KITH_TRY_ASSIGN(offer, state.offer_with(who.code));
  Found found{offer, offer->find(who.request), offer->find_past(who.request)};
  if (found.request != nullptr && found.request->token() == who.token) return found;
  if (found.past != nullptr && found.past->token == who.token) return found;
  return fail(ErrorCode::not_found, "there is no such request");
}

}  // namespace

core::Expected<LiveListing> LiveTransfers::look(std::string_view code) const {
  const LiveLocked locked(*state_);
  KITH_TRY_ASSIGN(offer, state_->offer_with(code));
  const auto& terms = offer->terms();
  return LiveListing{terms.id, terms.owner, terms.files, terms.mac, offer->sender_here(), terms.expires_at};
}

core::Expected<LiveAsked> LiveTransfers::ask(std::string_view code, std::size_t file, const LiveKey& public_key,
                                             const LiveMac& mac, std::uint64_t from) {
  LiveLocked locked(*state_);
  KITH_TRY_ASSIGN(offer, state_->offer_with(code));
  const auto& files = offer->terms().files;
  if (file >= files.size()) return fail(ErrorCode::bad_request, "there are fewer files than that");
  const auto chunks = files[file].size ? live_chunks_of(*files[file].size) : kLiveMostChunks;
  if (from >= chunks) return fail(ErrorCode::bad_request, "the file has ended before chunk " + std::to_string(from));
  KITH_TRY(state_->check_room_for_request(*offer));
  LiveToken token;
  state_->random->fill(token.writable());
  LiveAsked asked{LiveRequestId::make(*state_->clock, *state_->random), token.duplicate()};
  offer->add({asked.id, std::move(token), file, chunks, public_key, mac, from}, locked.turn);
  return asked;
}

core::Expected<std::shared_ptr<LiveStream>> LiveTransfers::stream(const Receiver& who,
                                                                  std::optional<std::uint64_t> from) {
  LiveLocked locked(*state_);
  KITH_TRY_ASSIGN(found, find(*state_, who));
  if (found.past != nullptr) return core::Unexpected(found.past->why);
  auto& request = *found.request;
  const auto first = from.value_or(request.first_from());
  KITH_TRY(request.check_from(first));
  if (request.finished()) KITH_TRY(state_->check_room_for_request(*found.offer));
  auto box = std::make_shared<LiveStreamBox>(locked.turn.now);
  if (request.enter(box, first, locked.turn)) found.offer->tell(request.due(), locked.turn);
  return make_live_stream(state_, found.offer->terms().id, who.request, std::move(box));
}

core::Expected<void> LiveTransfers::received(const Receiver& who, const LiveMac& mac) {
  LiveLocked locked(*state_);
  KITH_TRY_ASSIGN(found, find(*state_, who));
  if (found.past != nullptr) {
    if (!found.past->receipt) return core::Unexpected(found.past->why);
    if (*found.past->receipt == mac) return {};
    return fail(ErrorCode::conflict, "another receipt was sent before");
  }
  if (!found.request->finished()) return fail(ErrorCode::conflict, "the stream has not ended yet");
  const Error over{ErrorCode::transfer_ended, "it has ended: you have all of it", {}, {}};
  found.offer->end(*found.request, over, mac, locked.turn);
  found.offer->tell({.kind = LiveEvent::Kind::received, .request = who.request, .mac = mac}, locked.turn);
  return {};
}

core::Expected<void> LiveTransfers::give_up(const Receiver& who) {
  LiveLocked locked(*state_);
  KITH_TRY_ASSIGN(found, find(*state_, who));
  if (found.past != nullptr) return {};
  const Error over{ErrorCode::transfer_ended, "you have ended it", {}, {}};
  found.offer->end(*found.request, over, {}, locked.turn);
  found.offer->tell({.kind = LiveEvent::Kind::cancel, .request = who.request, .reason = "cancelled"}, locked.turn);
  return {};
}

}  // namespace kith::assets
