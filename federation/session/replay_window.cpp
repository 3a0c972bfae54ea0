#include "federation/session/replay_window.hpp"

#include <limits>

namespace kith::federation {

bool ReplayWindow::is_fresh(std::uint64_t counter) const {
  if (counter == std::numeric_limits<std::uint64_t>::max()) return false;  // has no successor: never valid
  if (counter >= next_) return true;
  if (next_ - counter > kReplayWindow) return false;
  const std::uint64_t slot = counter % kReplayWindow;
  return ((seen_[slot / kWordBits] >> (slot % kWordBits)) & 1) == 0;
}

bool ReplayWindow::mark(std::uint64_t counter) {
  if (!is_fresh(counter)) return false;
  if (counter >= next_) advance_to(counter);
  const std::uint64_t slot = counter % kReplayWindow;
  seen_[slot / kWordBits] |= std::uint64_t{1} << (slot % kWordBits);
  return true;
}

// Forgets the slots that now stand for newer counters.
void ReplayWindow::advance_to(std::uint64_t counter) {
  if (counter - next_ >= kReplayWindow) {
    seen_.fill(0);
  } else {
    for (std::uint64_t fresh = next_; fresh <= counter; ++fresh) {
      const std::uint64_t slot = fresh % kReplayWindow;
      seen_[slot / kWordBits] &= ~(std::uint64_t{1} << (slot % kWordBits));
    }
  }
  next_ = counter + 1;
}

}  // namespace kith::federation
