#pragma once
// Where randomness comes from. Code that needs it is handed a Random, so that test vectors can be made again.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace kith::core {

class Random {
 public:
  virtual ~Random() = default;
  // Fills all of `out`. Thread-safe.
  virtual void fill(std::span<std::uint8_t> out) = 0;

  template <std::size_t N>
  std::array<std::uint8_t, N> bytes() {
    std::array<std::uint8_t, N> out;
    fill(out);
    return out;
  }
};

// The kernel's generator, through libsodium.
class SystemRandom final : public Random {
 public:
  SystemRandom();
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace kith::core
