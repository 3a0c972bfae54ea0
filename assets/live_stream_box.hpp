#pragma once
// What the connection a receiver reads its stream from is to be told beside the chunks. One of each at most, so there
// is nothing that could pile up. Not thread-safe; whoever owns it has the lock.

#include <optional>

#include "assets/live_channels.hpp"
#include "assets/live_turn.hpp"

namespace kith::assets {

struct LiveStreamBox {
  explicit LiveStreamBox(LiveTime now) : last_taken(now) {}

  void wake_up(LiveTurn& turn) const { turn.wake(wake); }
  // Nothing follows.
  void end(LiveTurn& turn) {
    ended = true;
    wake_up(turn);
  }
  // Nothing follows but this.
  void fail(core::Error why, LiveTurn& turn) {
    if (!ended) error = std::move(why);
    end(turn);
  }
  // What is left to tell after that.
  LiveTaken<LiveItem> last_words() {
    if (!error) return {.item = {}, .ended = true};
    LiveItem item{.kind = LiveItem::Kind::failed};
    item.error = std::move(*error);
    error.reset();
    return {.item = std::move(item)};
  }

  LiveWake wake;
  LiveTime last_taken;
  std::optional<core::Error> error;
  bool ended = false;
  bool opening_due = false;
  bool beat_due = false;
  bool told_sender_here = true;  // what the receiver takes for true
};

}  // namespace kith::assets
