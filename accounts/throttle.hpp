#pragma once
// Slows down guessing of passwords, by account and by address (IPv6 by /64). After some free failures each further one
// doubles the wait, up to a bound, and half an hour without failures forgets all: nobody is locked out for good.
// Attempts refused meanwhile change nothing. In memory, bounded, gone with a restart. Thread-safe; time is Clock's
// steady one.

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace kith::accounts {

using core::Expected;

struct ThrottleLimits {
  int free_failures = 5;
  std::chrono::seconds first_wait{1};
  std::chrono::seconds longest_wait{60};
  std::chrono::seconds forget_after{30 * 60};
  std::size_t entries = 8192;  // when full, the one not touched for longest goes
};

// Failures by key. Not thread-safe: Throttle guards it.
class FailureTable {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  explicit FailureTable(const ThrottleLimits& limits) : limits_(limits) {}

  // How long `key` has still to wait; zero: go on.
  std::chrono::milliseconds wait_left(const std::string& key, Instant now);
  // Counts one; true when it starts a wait.
  bool count(const std::string& key, Instant now);
  // Takes one back: that attempt was no failure.
  void take_back(const std::string& key);
  void clear(const std::string& key);
  std::size_t size() const { return order_.size(); }

 private:
  struct Entry {
    std::string key;
    int failures = 0;
    Instant last;
    Instant blocked_until;
  };
  Entry* find(const std::string& key, Instant now);

  const ThrottleLimits limits_;
  std::list<Entry> order_;  // most recently touched first
  std::unordered_map<std::string, std::list<Entry>::iterator> index_;
};

class Throttle {
 public:
  static ThrottleLimits account_limits();
  static ThrottleLimits address_limits();

  explicit Throttle(const core::Clock& clock, const ThrottleLimits& account = account_limits(),
                    const ThrottleLimits& address = address_limits());

  // One attempt. It counts as a failure from the start, so that many at once cannot slip through together, until
  // succeeded() or neutral() says otherwise.
  class Attempt {
   public:
    void succeeded();  // clears the account; takes the address's failure back
    void neutral();    // neither right nor wrong (too busy, disk error): takes both back
    bool starts_wait() const { return starts_wait_; }

   private:
    friend class Throttle;
    Attempt(Throttle& throttle, std::string account, std::string address, bool starts_wait);
    Throttle& throttle_;
    std::string account_;
    std::string address_;
    bool starts_wait_;
  };

  // too_many_requests with retry_after while account or address has to wait.
  [[nodiscard]] Expected<Attempt> begin(std::string_view email, std::string_view address);
  // Entries held; for tests.
  std::size_t size() const;

 private:
  const core::Clock& clock_;
  mutable std::mutex mutex_;  // guards both tables
  FailureTable accounts_;
  FailureTable addresses_;
};

// What an address is throttled by: IPv4 whole (also when mapped into IPv6), IPv6 by its /64, anything else as it is.
std::string throttle_address_key(std::string_view address);

}  // namespace kith::accounts
