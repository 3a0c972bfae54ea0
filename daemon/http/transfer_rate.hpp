#pragma once
// Whether a body or a response moves fast enough, judged window by window. Used by one event thread.

#include <chrono>
#include <cstdint>
#include <utility>

namespace kith::daemon {

class TransferRate {
 public:
  void reset() { *this = {}; }
  void moved(std::uint64_t bytes) { bytes_ += bytes; }
  // `elapsed` more has gone by in which bytes could have moved. True when a window that moved some ended below
  // `minimum` bytes a second. One that moved none is for the idle deadlines, which grant a client a pause.
  bool too_slow(std::chrono::milliseconds elapsed, std::chrono::milliseconds window, std::uint64_t minimum) {
    waited_ += elapsed;
    if (waited_ < window) return false;
    const auto [waited, bytes] = std::pair(waited_, bytes_);
    reset();
    return bytes > 0 && bytes < minimum * static_cast<std::uint64_t>(waited.count()) / 1000;
  }

 private:
  std::chrono::milliseconds waited_{0};
  std::uint64_t bytes_ = 0;
};

}  // namespace kith::daemon
