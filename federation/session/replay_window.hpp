#pragma once
// The counters of one session that were answered: the last 2,048 below the highest seen (PROTOCOL.md, "Sessions").
// A plain value; not thread-safe.

#include <array>
#include <cstdint>

#include "federation/session/session_limits.hpp"

namespace kith::federation {

class ReplayWindow {
 public:
  // False for a counter marked before, and for one too old to tell. Marks nothing: use it before the authentication.
  bool is_fresh(std::uint64_t counter) const;
  // Marks an authenticated counter. False, and nothing changes, if it is not fresh.
  [[nodiscard]] bool mark(std::uint64_t counter);

 private:
  void advance_to(std::uint64_t counter);

  static constexpr std::uint64_t kWordBits = 64;
  std::uint64_t next_ = 0;                                       // one above the highest marked; 0 before the first
  std::array<std::uint64_t, kReplayWindow / kWordBits> seen_{};  // bit `counter % window`
};

}  // namespace kith::federation
