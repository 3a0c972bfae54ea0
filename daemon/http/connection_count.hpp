#pragma once
// How many connections are open, all together, by listener and by address, and whether another may come. Whoever comes
// from outside never gets all places: the household keeps a quarter. Thread-safe. A Place must not outlive its count.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "daemon/http/limits.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

// What an address counts as: itself, an IPv6 address as its /64, which one client has to itself as a rule.
std::string counted_address(const std::string& address);

class ConnectionCount {
 public:
  explicit ConnectionCount(const HttpLimits& limits) { set(limits.connections, limits.connections_per_address); }
  // From now on; who is here stays.
  void set(std::size_t connections, std::size_t per_address) {
    const std::lock_guard lock(mutex_);
    max_ = connections;
    max_public_ = std::max<std::size_t>(connections - connections / 4, 1);
    max_per_address_ = per_address;
  }

  // A taken place; given back by destruction.
  class Place {
   public:
    Place(ConnectionCount& count, ListenerKind kind, std::string address)
        : count_(&count), kind_(kind), address_(std::move(address)) {}
    Place(Place&& other) noexcept
        : count_(std::exchange(other.count_, nullptr)), kind_(other.kind_), address_(std::move(other.address_)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (count_) count_->leave(kind_, address_);
    }

   private:
    ConnectionCount* count_;
    ListenerKind kind_;
    std::string address_;
  };

  // Whether a listener of that kind has to wait.
  bool full(ListenerKind kind) const;
  std::size_t open() const;
  // Blocks until none is open, at most until `deadline`.
  void wait_until_none(std::chrono::steady_clock::time_point deadline) const;
  // Nothing when `address` has as many as one may have; an empty address is not limited.
  std::optional<Place> enter(ListenerKind kind, const std::string& address);

 private:
  void leave(ListenerKind kind, const std::string& counted);

  mutable std::mutex mutex_;  // guards those below
  mutable std::condition_variable none_open_;
  std::size_t max_ = 0;
  std::size_t max_public_ = 0;
  std::size_t max_per_address_ = 0;
  std::size_t total_ = 0;
  std::size_t public_ = 0;
  std::map<std::string, std::size_t> by_address_;
};

}  // namespace kith::daemon
