#include "federation/key_soundness.hpp"

#include <algorithm>

namespace kith::federation {
namespace {

// Little-endian below 2^255 - 19 (RFC 7748, section 5, would mask the top bit and reduce).
bool is_canonical(const core::BoxPublicKey& key) {
  const auto& bytes = key.data;
  if (bytes[31] != 0x7F) return bytes[31] < 0x7F;
  if (std::any_of(bytes.begin() + 1, bytes.begin() + 31, [](std::uint8_t byte) { return byte != 0xFF; })) return true;
  return bytes[0] < 0xED;
}

}  // namespace

bool is_acceptable(const core::BoxPublicKey& key) {
  return is_canonical(key) && core::is_sound_key(key);
}

}  // namespace kith::federation
