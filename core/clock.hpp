#pragma once
// Where time comes from. Code that needs it is handed a Clock, so that tests can set it. Implementations are
// thread-safe.

#include <chrono>

#include "core/time.hpp"

namespace kith::core {

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock; may jump when somebody sets it.
  virtual Timestamp now() const = 0;
  // Never goes back; for deadlines and ages.
  virtual std::chrono::steady_clock::time_point steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
  std::chrono::steady_clock::time_point steady() const override;
};

}  // namespace kith::core
