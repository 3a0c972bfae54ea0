#pragma once
// Whether a peer sends fast enough to be worth waiting for: at least kLeastPace over each stretch of kPaceStretch that
// was spent waiting for it. The time the reader takes with what has come is not the peer's. One thread.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "core/clock.hpp"
#include "federation/session/session_limits.hpp"

namespace kith::federation {

class Pace {
 public:
  explicit Pace(const core::Clock& clock) : clock_(clock), waiting_since_(clock.steady()) {}

  void came(std::size_t bytes) {
    waited_ += clock_.steady() - waiting_since_;
    bytes_ += bytes;
    waiting_since_ = clock_.steady();
    if (waited_ < kPaceStretch || is_slow(waited_)) return;
    waited_ = {};
    bytes_ = 0;
  }
  // What had come was used: from now on the peer is waited for.
  void used() { waiting_since_ = clock_.steady(); }
  bool is_too_slow() const { return is_slow(waited_ + (clock_.steady() - waiting_since_)); }

 private:
  using Duration = std::chrono::steady_clock::duration;
  static constexpr std::uint64_t kLeastBytes = kLeastPace * static_cast<std::uint64_t>(kPaceStretch.count());
  bool is_slow(Duration waited) const { return waited >= kPaceStretch && bytes_ < kLeastBytes; }

  const core::Clock& clock_;
  std::chrono::steady_clock::time_point waiting_since_;
  Duration waited_{};  // in this stretch
  std::uint64_t bytes_ = 0;
};

}  // namespace kith::federation
