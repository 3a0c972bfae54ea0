#pragma once
// How much configuration is looked at.

#include <cstddef>

namespace kith::config {

inline constexpr std::size_t kMaxFileBytes = 256 * 1024;
inline constexpr std::size_t kMaxDepth = 8;       // maps and lists within each other
inline constexpr std::size_t kMaxNodes = 10'000;  // values and keys
inline constexpr std::size_t kMaxTextBytes = 4096;
inline constexpr std::size_t kMaxListItems = 64;
inline constexpr std::size_t kMaxMistakes = 50;  // told at once

}  // namespace kith::config
