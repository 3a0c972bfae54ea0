#pragma once
// Durations and sizes as people write them: "7d", "12h", "500MB". Pure functions.

#include <cstdint>
#include <optional>
#include <string_view>

namespace kith::client {

// In seconds, of "90s", "30m", "12h", "7d", "2w". Nothing for anything else, 0 included.
std::optional<std::int64_t> parse_duration(std::string_view text);
// In bytes, of "100", "500kB", "20MB", "3GB" (powers of 1000, whatever the case) or "3GiB" (of 1024).
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace kith::client
