#pragma once
// How often something may be asked for from one address (IPv6: from one /64): so many times at once, and again as time
// goes by. Being refused costs nothing further, so nobody is locked out. In memory, bounded, gone with a restart.
// Thread-safe; time is Clock's steady one.

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace kith::accounts {

struct Rate {
  int times = 1;  // at once, and within each `per`
  std::chrono::seconds per{60};
  std::size_t addresses = 8192;  // remembered; when full, the one that asked last is longest ago goes
};

class RateLimit {
 public:
  RateLimit(const core::Clock& clock, const Rate& rate);

  // Counts one, or too_many_requests with retry_after.
  [[nodiscard]] core::Expected<void> take(std::string_view address);
  std::size_t size() const;  // addresses remembered; for tests

 private:
  using Instant = std::chrono::steady_clock::time_point;
  // When all that was asked for will be made up for.
  struct Entry {
    std::string address;
    Instant even;
  };
  Instant& even_of(std::string key, Instant now);

  const core::Clock& clock_;
  const Rate rate_;
  const std::chrono::nanoseconds each_;  // what one costs
  mutable std::mutex mutex_;             // guards the two below
  std::list<Entry> order_;               // asked last first
  std::unordered_map<std::string, std::list<Entry>::iterator> index_;
};

}  // namespace kith::accounts
