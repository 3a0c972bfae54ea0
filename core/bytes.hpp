#pragma once
// Byte strings: owning (Bytes), borrowed (ByteView), and of fixed size with a type of their own (FixedBytes).

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kith::core {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView view) {
  return {view.begin(), view.end()};
}

// Public bytes of a fixed size (a key, a nonce, a digest). Tag keeps two kinds of the same size apart.
template <std::size_t N, class Tag>
struct FixedBytes {
  static constexpr std::size_t kSize = N;
  std::array<std::uint8_t, N> data{};

  // Nothing unless `view` has exactly N bytes.
  static std::optional<FixedBytes> from(ByteView view) {
    if (view.size() != N) return std::nullopt;
    FixedBytes out;
    std::copy(view.begin(), view.end(), out.data.begin());
    return out;
  }
  ByteView view() const { return data; }
  auto operator<=>(const FixedBytes&) const = default;
};

// True if both are equal; takes the same time wherever they differ. Lengths are not secret.
bool equal_constant_time(ByteView a, ByteView b);

}  // namespace kith::core
