#include "assets/live_event_box.hpp"

namespace kith::assets {

namespace {

// A new connection is told of at most the receipts kept and the requests there can be: less than half of this.
constexpr std::size_t kMostEvents = 256;

bool asks(const LiveEvent& event) {
  return event.kind == LiveEvent::Kind::request || event.kind == LiveEvent::Kind::resume;
}

// Of what a receiver that comes and goes makes happen only the newest counts.
bool replaces(const LiveEvent& newer, const LiveEvent& older) {
  const auto same_kind =
      (asks(newer) && asks(older)) || (newer.kind == LiveEvent::Kind::paused && older.kind == LiveEvent::Kind::paused);
  return same_kind && newer.request == older.request;
}

}  // namespace

bool LiveEventBox::put(LiveEvent event, LiveTurn& turn) {
  std::erase_if(events_, [&](const LiveEvent& older) { return replaces(event, older); });
  if (events_.size() >= kMostEvents) {
    cut_off(turn);
    return false;
  }
  events_.push_back(std::move(event));
  turn.wake(wake_);
  return true;
}

void LiveEventBox::beat(LiveTime start, LiveTurn& turn) {
  if (!events_.empty() || last_taken_ > start) return;
  put({.kind = LiveEvent::Kind::beat}, turn);
}

void LiveEventBox::end(LiveTurn& turn) {
  ended_ = true;
  turn.wake(wake_);
}

void LiveEventBox::cut_off(LiveTurn& turn) {
  events_.clear();
  end(turn);
}

LiveTaken<LiveEvent> LiveEventBox::take(LiveTime now) {
  if (events_.empty()) return {.item = {}, .ended = ended_};
  last_taken_ = now;
  LiveTaken<LiveEvent> taken{.item = std::move(events_.front())};
  events_.pop_front();
  return taken;
}

}  // namespace kith::assets
