#include "assets/live_offer.hpp"

#include <algorithm>

namespace kith::assets {

using core::Error;
using core::ErrorCode;

namespace {

constexpr std::size_t kMostPast = 64;
// Chunks wait so long for a sender or a receiver that is away for a moment.
constexpr std::chrono::seconds kMoment{10};

}  // namespace

LiveRequest* LiveOffer::find(const LiveRequestId& id) {
  const auto found = std::ranges::find(requests_, id, &LiveRequest::id);
  return found == requests_.end() ? nullptr : &*found;
}

const LiveOffer::Past* LiveOffer::find_past(const LiveRequestId& id) const {
  const auto found = std::ranges::find(past_, id, &Past::id);
  return found == past_.end() ? nullptr : &*found;
}

std::size_t LiveOffer::unfinished() const {
  return requests_.size() - static_cast<std::size_t>(std::ranges::count_if(requests_, &LiveRequest::finished));
}

void LiveOffer::listen(std::shared_ptr<LiveEventBox> box, LiveTurn& turn) {
  if (box_) box_->cut_off(turn);
  turn.let_go(std::exchange(box_, std::move(box)));
  LiveEvent hello{.kind = LiveEvent::Kind::hello};
  for (const auto& past : past_)
    if (past.receipt) hello.known.push_back(past.id);  // the sender may not take it for one that failed
  for (const auto& request : requests_) hello.known.push_back(request.id());
  tell(std::move(hello), turn);
  for (const auto& past : past_)
    if (past.receipt) tell({.kind = LiveEvent::Kind::received, .request = past.id, .mac = *past.receipt}, turn);
  for (const auto& request : requests_) {
    if (request.asked()) tell(request.due(), turn);
    request.sender_moved(turn);
  }
}

void LiveOffer::sender_left(LiveTurn& turn) {
  turn.let_go(std::exchange(box_, nullptr));
  heard_ = turn.now;
  for (const auto& request : requests_) request.sender_moved(turn);
}

void LiveOffer::tell(LiveEvent event, LiveTurn& turn) {
  if (box_ && !box_->put(std::move(event), turn)) sender_left(turn);
}

void LiveOffer::add(LiveRequest::Wish wish, LiveTurn& turn) {
  const auto oldest = std::ranges::find_if(requests_, &LiveRequest::finished);
  if (requests_.size() >= 2 * kLiveRequests && oldest != requests_.end()) end_idle(*oldest, turn);
  tell(requests_.emplace_back(std::move(wish), turn.now).due(), turn);
}

void LiveOffer::end(LiveRequest& request, const Error& why, std::optional<LiveMac> receipt, LiveTurn& turn) {
  request.end(why, turn);
  past_.push_back({request.id(), request.token().duplicate(), receipt, why});
  if (past_.size() > kMostPast) past_.pop_front();
  requests_.remove_if([&](const LiveRequest& one) { return &one == &request; });
}

void LiveOffer::end_idle(LiveRequest& request, LiveTurn& turn) {
  tell({.kind = LiveEvent::Kind::cancel, .request = request.id(), .reason = "idle"}, turn);
  end(request, {ErrorCode::transfer_ended, "it has ended, because nothing moved any more", {}, {}}, {}, turn);
}

void LiveOffer::end_all(std::string reason, const Error& why, LiveTurn& turn) {
  for (auto& request : requests_) request.end(why, turn);
  requests_.clear();
  tell({.kind = LiveEvent::Kind::end, .reason = std::move(reason)}, turn);
  if (box_) box_->end(turn);
  turn.let_go(std::exchange(box_, nullptr));
}

void LiveOffer::sweep(const LiveLimits& limits, LiveTurn& turn) {
  for (auto next = requests_.begin(); next != requests_.end();) {
    auto& request = *next++;  // it may end
    if (request.moved() + limits.idle <= turn.now)
      end_idle(request, turn);
    else
      sweep(request, limits, turn);
  }
  if (box_) box_->beat(turn.now - limits.beat, turn);
}

void LiveOffer::sweep(LiveRequest& request, const LiveLimits& limits, LiveTurn& turn) {
  if (is_deserted(turn.now - kMoment)) request.sender_lost(turn);
  if (request.pause_unread(turn.now - kMoment, turn))
    tell({.kind = LiveEvent::Kind::paused, .request = request.id()}, turn);
  request.give_up_waiting(turn.now - limits.longest_wait, turn);
  request.beat(turn.now - limits.beat, turn);
}

}  // namespace kith::assets
