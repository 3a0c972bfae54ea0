#include "accounts/rate_limit.hpp"

#include "accounts/throttle.hpp"

namespace kith::accounts {

RateLimit::RateLimit(const core::Clock& clock, const Rate& rate)
    : clock_(clock), rate_(rate), each_(std::chrono::nanoseconds(rate.per) / rate.times) {}

core::Expected<void> RateLimit::take(std::string_view address) {
  const auto now = clock_.steady();
  std::lock_guard lock(mutex_);
  auto& even = even_of(throttle_address_key(address), now);
  const auto next = std::max(even, now) + each_;
  if (const auto wait = next - (now + rate_.per); wait > std::chrono::nanoseconds(0)) {
    return tl::make_unexpected(core::Error{core::ErrorCode::too_many_requests,
                                           "this was asked for too often from your address: wait a little",
                                           std::chrono::ceil<std::chrono::seconds>(wait), std::nullopt});
  }
  even = next;
  return {};
}

std::size_t RateLimit::size() const {
  std::lock_guard lock(mutex_);
  return order_.size();
}

RateLimit::Instant& RateLimit::even_of(std::string key, Instant now) {
  if (const auto found = index_.find(key); found != index_.end()) {
    order_.splice(order_.begin(), order_, found->second);
    return order_.front().even;
  }
  if (order_.size() >= rate_.addresses) {
    index_.erase(order_.back().address);
    order_.pop_back();
  }
  order_.push_front({key, now});
  index_.emplace(std::move(key), order_.begin());
  return order_.front().even;
}

}  // namespace kith::accounts
