#pragma once
// Sizes as people write them: "100 GiB", "1500 MB", 1073741824. Pure.

#include <cstdint>
#include <optional>
#include <string_view>

namespace kith::config {

// A whole number, and perhaps a unit: B, kB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (of 1024). Nothing for
// anything else, and for more than 2^62.
std::optional<std::uint64_t> parse_byte_size(std::string_view text);

}  // namespace kith::config
