#pragma once
// How many connections are open, all together and by address, and whether another may come. Thread-safe. A Place must
// not outlive its count.

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "daemon/http/limits.hpp"

namespace kith::daemon {

class ConnectionCount {
 public:
  explicit ConnectionCount(const HttpLimits& limits)
      : max_(limits.connections), max_per_address_(limits.connections_per_address) {}

  // A taken place; given back by destruction.
  class Place {
   public:
    Place(ConnectionCount& count, std::string address) : count_(&count), address_(std::move(address)) {}
    Place(Place&& other) noexcept : count_(std::exchange(other.count_, nullptr)), address_(std::move(other.address_)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (count_) count_->leave(address_);
    }

   private:
    ConnectionCount* count_;
    std::string address_;
  };

  bool full() const {
    const std::lock_guard lock(mutex_);
    return total_ >= max_;
  }
  std::size_t open() const {
    const std::lock_guard lock(mutex_);
    return total_;
  }
  // Nothing when `address` has as many as one may have; an empty address is not limited.
  std::optional<Place> enter(const std::string& address) {
    const std::lock_guard lock(mutex_);
    if (!address.empty()) {
      auto& taken = by_address_[address];
      if (taken >= max_per_address_) return std::nullopt;
      ++taken;
    }
    ++total_;
    return std::optional<Place>(std::in_place, *this, address);
  }

 private:
  void leave(const std::string& address) {
    const std::lock_guard lock(mutex_);
    --total_;
    const auto entry = by_address_.find(address);
    if (entry != by_address_.end() && --entry->second == 0) by_address_.erase(entry);
  }

  const std::size_t max_;
  const std::size_t max_per_address_;
  mutable std::mutex mutex_;  // guards both
  std::size_t total_ = 0;
  std::map<std::string, std::size_t> by_address_;
};

}  // namespace kith::daemon
