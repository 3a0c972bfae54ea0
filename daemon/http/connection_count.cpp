#include "daemon/http/connection_count.hpp"

#include <arpa/inet.h>

#include <array>

namespace kith::daemon {

std::string counted_address(const std::string& address) {
  in6_addr bytes{};
  if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return address;
  std::fill(std::begin(bytes.s6_addr) + 8, std::end(bytes.s6_addr), std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, &bytes, text.data(), text.size());
  return std::string(text.data()) + "/64";
}

bool ConnectionCount::full(ListenerKind kind) const {
  const std::lock_guard lock(mutex_);
  return total_ >= max_ || (kind == ListenerKind::public_ && public_ >= max_public_);
}

std::size_t ConnectionCount::open() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

void ConnectionCount::wait_until_none(std::chrono::steady_clock::time_point deadline) const {
  std::unique_lock lock(mutex_);
  none_open_.wait_until(lock, deadline, [this] { return total_ == 0; });
}

std::optional<ConnectionCount::Place> ConnectionCount::enter(ListenerKind kind, const std::string& address) {
  auto counted = counted_address(address);
  const std::lock_guard lock(mutex_);
  if (!counted.empty()) {
    auto& taken = by_address_[counted];
    if (taken >= max_per_address_) return std::nullopt;
    ++taken;
  }
  ++total_;
  if (kind == ListenerKind::public_) ++public_;
  return std::optional<Place>(std::in_place, *this, kind, std::move(counted));
}

void ConnectionCount::leave(ListenerKind kind, const std::string& counted) {
  const std::lock_guard lock(mutex_);
  if (--total_ == 0) none_open_.notify_all();
  if (kind == ListenerKind::public_) --public_;
  const auto entry = by_address_.find(counted);
  if (entry != by_address_.end() && --entry->second == 0) by_address_.erase(entry);
}

}  // namespace kith::daemon
