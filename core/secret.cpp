#include "core/secret.hpp"

#include <sodium.h>

namespace kith::core {

void wipe(std::span<std::uint8_t> memory) {
  sodium_memzero(memory.data(), memory.size());
}

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace kith::core
