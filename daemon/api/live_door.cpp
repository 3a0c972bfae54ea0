#include "daemon/api/live_door.hpp"

namespace kith::daemon {
namespace {

accounts::ThrottleLimits stranger_limits() {
  accounts::ThrottleLimits limits;
  limits.free_failures = 20;
  return limits;
}

}  // namespace

LiveDoor::LiveDoor(const core::Clock& clock) : clock_(clock), strangers_(stranger_limits()) {}

core::Error LiveDoor::refuse_stranger(const Request& request) {
  const auto key = accounts::throttle_address_key(request.client);
  const auto now = clock_.steady();
  const std::lock_guard lock(mutex_);
  const auto wait = strangers_.wait_left(key, now);
  if (wait.count() > 0) {
    return {core::ErrorCode::too_many_requests, "Too many unknown links: wait a little, then try again.",
            std::chrono::ceil<std::chrono::seconds>(wait), std::nullopt};
  }
  strangers_.count(key, now);
  return {
      core::ErrorCode::not_found, "There is no such transfer: it may have ended, or the link is not whole.", {}, {}};
}

}  // namespace kith::daemon
