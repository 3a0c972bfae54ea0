#pragma once
// Bytes that nobody may see: wiped when they go, only moved, never printed, compared in constant time.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/bytes.hpp"

namespace kith::core {

// Overwrites memory in a way the compiler may not leave out.
void wipe(std::span<std::uint8_t> memory);

// N secret bytes. Tag keeps kinds of key apart. A moved-from Secret is all zero.
template <std::size_t N, class Tag = void>
class Secret {
 public:
  static constexpr std::size_t kSize = N;

  Secret() = default;
  explicit Secret(std::span<const std::uint8_t, N> bytes) { std::copy(bytes.begin(), bytes.end(), bytes_.begin()); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      wipe(other.bytes_);
    }
    return *this;
  }
  ~Secret() { wipe(bytes_); }

  // Nothing unless `view` has exactly N bytes. The caller wipes what it copied from.
  static std::optional<Secret> from(ByteView view) {
    if (view.size() != N) return std::nullopt;
    return Secret(std::span<const std::uint8_t, N>(view.data(), N));
  }

  // A deliberate second copy, for where two owners need one key.
  Secret duplicate() const { return Secret(std::span<const std::uint8_t, N>(bytes_)); }
  ByteView view() const { return bytes_; }
  std::span<std::uint8_t, N> writable() { return bytes_; }
  friend bool operator==(const Secret& a, const Secret& b) { return equal_constant_time(a.view(), b.view()); }

 private:
  std::array<std::uint8_t, N> bytes_{};
};

}  // namespace kith::core
