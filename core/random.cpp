#include "core/random.hpp"

#include <sodium.h>

#include <stdexcept>

namespace kith::core {

SystemRandom::SystemRandom() {
  // Idempotent and thread-safe; fails only where the kernel has no randomness to give.
  if (sodium_init() < 0) throw std::runtime_error("libsodium could not be initialised: no randomness from the kernel");
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
  randombytes_buf(out.data(), out.size());
}

}  // namespace kith::core
