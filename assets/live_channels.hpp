#pragma once
// The two ends of a live transfer that stay open: what the sender's connection reads events from, and what the
// receiver's reads its stream from. Both are handed out by LiveTransfers, are fed by it, and are thread-safe; nothing
// here ever blocks. Reading, waking and leaving take no lock that is held while somebody else is called.

#include <functional>
#include <optional>

#include "assets/live_types.hpp"

namespace kith::assets {

// What a channel has for its reader.
template <class Item>
struct LiveTaken {
  std::optional<Item> item;
  bool ended = false;  // and nothing will follow
};

class LiveEvents {
 public:
  virtual ~LiveEvents() = default;
  virtual LiveTaken<LiveEvent> take() = 0;
  // Called once, before the first take(), which finds what came earlier. `wake` may be called from any thread, also too
  // often, and once more shortly after leave().
  virtual void on_ready(std::function<void()> wake) = 0;
  // The sender's connection is gone. Idempotent; destruction does it too.
  virtual void leave() = 0;
};

class LiveStream {
 public:
  virtual ~LiveStream() = default;
  // Taking a chunk makes room for another one: the bytes must go to the receiver's connection next.
  virtual LiveTaken<LiveItem> take() = 0;
  virtual void on_ready(std::function<void()> wake) = 0;
  // The receiver's connection is gone. Idempotent; destruction does it too.
  virtual void leave() = 0;
};

}  // namespace kith::assets
