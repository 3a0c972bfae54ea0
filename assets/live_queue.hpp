#pragma once
// The chunks of one attempt between sender and receiver: taken in as they come within a window of kLiveWindow, handed
// out strictly in order. A chunk's answer is held back until there is room for those that may come behind it, and so a
// sender never runs ahead of the window (docs/live.md, "Sender"). Not thread-safe; whoever owns it has the lock.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "assets/live_turn.hpp"
#include "assets/live_types.hpp"

namespace kith::assets {

class LiveQueue {
 public:
  struct Chunk {
    std::uint64_t number = 0;
    std::string bytes;
  };

  // Empty, and waiting for chunk `from` first. `chunks` counts the closing one; nothing: put() will say.
  void start(std::uint64_t from, std::optional<std::uint64_t> chunks);
  // Takes a chunk in, or answers why not: conflict when it is too far ahead or behind the end, busy when too many
  // answers are held back. One that is there already is dropped and answered the same way. `bytes` are not empty.
  void put(std::uint64_t number, bool last, std::string bytes, LiveDone done, LiveTurn& turn);
  // The next chunk, when it is there. Answers those that there is room for now.
  std::optional<Chunk> take(LiveTurn& turn);
  // Lets go of all chunks and gives those that wait `error`.
  void drop(const core::Error& error, LiveTurn& turn);
  // Gives those that have waited since `start` or longer `error`.
  void give_up_waiting(LiveTime start, const core::Error& error, LiveTurn& turn);

  bool ready() const { return !slot(head_).empty(); }
  // The closing chunk was handed out.
  bool ended() const { return end_ && head_ > *end_; }
  // The next chunk that will be handed out.
  std::uint64_t head() const { return head_; }
  std::size_t held() const { return held_; }
  std::uint64_t bytes_held() const { return bytes_held_; }

 private:
  struct Waiting {
    std::uint64_t number;
    LiveTime since;
    LiveDone done;
  };

  std::optional<core::Error> refusal(std::uint64_t number, bool last) const;
  bool has_room_behind(std::uint64_t number) const;
  template <class Condition>
  void answer_if(const Condition& condition, const core::Expected<std::uint64_t>& with, LiveTurn& turn);
  void answer_waiting(LiveTurn& turn);
  const std::string& slot(std::uint64_t number) const { return slots_[number % kLiveWindow]; }

  std::array<std::string, kLiveWindow> slots_;  // chunk n in slot n % kLiveWindow; empty: not here
  std::vector<Waiting> waiting_;                // in the order they came
  std::uint64_t head_ = 0;
  std::optional<std::uint64_t> end_;  // the closing chunk's number
  std::size_t held_ = 0;
  std::uint64_t bytes_held_ = 0;
};

}  // namespace kith::assets
