#include "accounts/throttle.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "accounts/handle.hpp"
#include "core/bytes.hpp"
#include "core/encoding.hpp"

namespace kith::accounts {

std::chrono::milliseconds FailureTable::wait_left(const std::string& key, Instant now) {
  const auto* entry = find(key, now);
  if (entry == nullptr || entry->blocked_until <= now) return std::chrono::milliseconds{0};
  return std::chrono::ceil<std::chrono::milliseconds>(entry->blocked_until - now);
}

bool FailureTable::count(const std::string& key, Instant now) {
  auto* entry = find(key, now);
  if (entry == nullptr) {
    if (order_.size() >= limits_.entries) {
      index_.erase(order_.back().key);
      order_.pop_back();
    }
    order_.push_front(Entry{key, 0, now, now});
    index_.emplace(key, order_.begin());
    entry = &order_.front();
  }
  entry->last = now;
  ++entry->failures;
  const int beyond = entry->failures - limits_.free_failures;
  if (beyond <= 0) return false;
  const auto doubled = limits_.first_wait * (std::int64_t{1} << std::min(beyond - 1, 20));
  entry->blocked_until = now + std::min<std::chrono::seconds>(doubled, limits_.longest_wait);
  return true;
}

void FailureTable::take_back(const std::string& key) {
  const auto found = index_.find(key);
  if (found == index_.end()) return;
  auto& entry = *found->second;
  if (--entry.failures <= 0) return clear(key);
  entry.blocked_until = entry.last;
}

void FailureTable::clear(const std::string& key) {
  const auto found = index_.find(key);
  if (found == index_.end()) return;
  order_.erase(found->second);
  index_.erase(found);
}

// Forgets the entry if it is old, else moves it to the front.
FailureTable::Entry* FailureTable::find(const std::string& key, Instant now) {
  const auto found = index_.find(key);
  if (found == index_.end()) return nullptr;
  if (now - found->second->last >= limits_.forget_after) {
    clear(key);
    return nullptr;
  }
  order_.splice(order_.begin(), order_, found->second);
  return &order_.front();
}

ThrottleLimits Throttle::account_limits() {
  return {};
}

// A household or a proxy that hides its clients shares an address: more is free there, and waits grow longer.
ThrottleLimits Throttle::address_limits() {
  ThrottleLimits limits;
  limits.free_failures = 20;
  limits.longest_wait = std::chrono::minutes{5};
  return limits;
}

Throttle::Throttle(const core::Clock& clock, const ThrottleLimits& account, const ThrottleLimits& address)
    : clock_(clock), accounts_(account), addresses_(address) {}

Expected<Throttle::Attempt> Throttle::begin(std::string_view email, std::string_view address) {
  auto account_key = core::to_lower_ascii(email.substr(0, kMaxEmail));
  auto address_key = throttle_address_key(address);
  const auto now = clock_.steady();
  std::lock_guard lock(mutex_);
  const auto wait = std::max(accounts_.wait_left(account_key, now), addresses_.wait_left(address_key, now));
  if (wait.count() > 0)
    return tl::make_unexpected(core::Error{core::ErrorCode::too_many_requests,
                                           "too many failed log-ins: wait a little, then try again",
                                           std::chrono::ceil<std::chrono::seconds>(wait), std::nullopt});
  const bool account_waits = accounts_.count(account_key, now);
  const bool address_waits = addresses_.count(address_key, now);
  return Attempt(*this, std::move(account_key), std::move(address_key), account_waits || address_waits);
}

std::size_t Throttle::size() const {
  std::lock_guard lock(mutex_);
  return accounts_.size() + addresses_.size();
}

Throttle::Attempt::Attempt(Throttle& throttle, std::string account, std::string address, bool starts_wait)
    : throttle_(throttle), account_(std::move(account)), address_(std::move(address)), starts_wait_(starts_wait) {}

void Throttle::Attempt::succeeded() {
  std::lock_guard lock(throttle_.mutex_);
  throttle_.accounts_.clear(account_);
  throttle_.addresses_.take_back(address_);
}

void Throttle::Attempt::neutral() {
  std::lock_guard lock(throttle_.mutex_);
  throttle_.accounts_.take_back(account_);
  throttle_.addresses_.take_back(address_);
}

std::string throttle_address_key(std::string_view address) {
  constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};  // RFC 4291, 2.5.5.2
  // A zone ("fe80::1%eth0") says through which interface, not who.
  const std::string text(address.substr(0, std::min(address.find('%'), std::size_t{64})));
  std::array<std::uint8_t, 16> bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  const core::ByteView all(bytes);
  if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin())) {
    std::array<char, INET_ADDRSTRLEN> mapped{};
    return ::inet_ntop(AF_INET, all.subspan(12).data(), mapped.data(), mapped.size());
  }
  return core::to_hex(all.first(8)) + "/64";
}

}  // namespace kith::accounts
