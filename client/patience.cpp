#include "client/patience.hpp"

#include <algorithm>

#include "client/limits.hpp"

namespace kith::client {

bool Patience::another_try(const core::Error& error, std::uint64_t position) {
  using enum core::ErrorCode;
  const bool may_pass = error.code == peer_unreachable || error.code == busy || error.code == too_many_requests ||
                        error.code == locked || error.code == forbidden || error.code == request_timeout;
  if (!may_pass) return false;
  if (position > furthest_) in_vain_ = 0;
  furthest_ = std::max(furthest_, position);
  if (++in_vain_ > kTriesInVain) return false;
  auto pause = std::chrono::seconds(in_vain_ == 1 ? 0 : 1 << (in_vain_ - 2));
  if (error.retry_after) pause = std::max(pause, *error.retry_after);
  if (pause > kLongestPause) return false;
  if (pause.count() > 0) {
    progress_.say(error.detail + " Trying again in " + std::to_string(pause.count()) + " s.");
    return !interruption_.came_within(pause);
  }
  return true;
}

}  // namespace kith::client
