#pragma once
// A clock that stands still until a test moves it. Thread-safe.

#include <atomic>

#include "core/clock.hpp"

namespace kith::test {

class FakeClock final : public core::Clock {
 public:
  explicit FakeClock(core::Timestamp start = core::from_unix_ms(1'800'000'000'000)) : now_(core::to_unix_ms(start)) {}
  core::Timestamp now() const override { return core::from_unix_ms(now_.load()); }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point{std::chrono::milliseconds{steady_.load()}};
  }
  // Both clocks go forward.
  void advance(std::chrono::milliseconds by) {
    now_ += by.count();
    steady_ += by.count();
  }
  // The wall clock jumps, as when somebody sets it; the steady one goes on.
  void set_wall(core::Timestamp time) { now_ = core::to_unix_ms(time); }

 private:
  std::atomic<std::int64_t> now_;
  std::atomic<std::int64_t> steady_{1'000'000};
};

}  // namespace kith::test
