#pragma once
// What waits for the connection a sender reads events from. Bounded: a sender that does not read them loses the
// connection, and finds out by the next one's hello how things stand. Not thread-safe; whoever owns it has the lock.

#include <deque>

#include "assets/live_channels.hpp"
#include "assets/live_turn.hpp"

namespace kith::assets {

class LiveEventBox {
 public:
  explicit LiveEventBox(LiveTime now) : last_taken_(now) {}

  // False when there is no room: the box has ended then, with nothing in it.
  bool put(LiveEvent event, LiveTurn& turn);
  // A sign of life, unless something was taken after `start` or waits to be.
  void beat(LiveTime start, LiveTurn& turn);
  // Nothing follows what is there.
  void end(LiveTurn& turn);
  // Another connection has taken its place: nothing follows, not even what is there.
  void cut_off(LiveTurn& turn);

  LiveTaken<LiveEvent> take(LiveTime now);
  void on_ready(LiveWake wake) { wake_ = std::move(wake); }
  // The reader is gone.
  void leave(LiveTurn& turn) { turn.let_go(std::exchange(wake_, nullptr)); }

 private:
  std::deque<LiveEvent> events_;
  LiveWake wake_;
  LiveTime last_taken_;
  bool ended_ = false;
};

}  // namespace kith::assets
