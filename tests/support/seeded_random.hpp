#pragma once
// Repeatable bytes: SHA-256 of seed and counter, so vectors come out the same on every run. Thread-safe.

#include <cstdint>
#include <mutex>

#include "core/random.hpp"

namespace kith::test {

class SeededRandom final : public core::Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : seed_(seed) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::mutex mutex_;  // guards both
  std::uint64_t seed_;
  std::uint64_t counter_ = 0;
};

}  // namespace kith::test
