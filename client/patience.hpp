#pragma once
// How long to go on after a transfer broke: as long as tries bring something, and some more. One thread.

#include <chrono>
#include <cstdint>

#include "client/interruption.hpp"
#include "client/progress.hpp"
#include "core/error.hpp"

namespace kith::client {

class Patience {
 public:
  Patience(Interruption& interruption, Progress& progress) : interruption_(interruption), progress_(progress) {}
  // After a try failed with `error` at `position`: waits and says true when another one makes sense, false when not.
  bool another_try(const core::Error& error, std::uint64_t position);

 private:
  Interruption& interruption_;
  Progress& progress_;
  std::uint64_t furthest_ = 0;
  int in_vain_ = 0;
};

}  // namespace kith::client
