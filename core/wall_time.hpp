#pragma once
// The time a camera's clock showed: a day and a time of day, with the clock's distance from UTC where it is known. It
// is no Timestamp, for most photos don't say in which part of the world they were taken.
//
// As text "2024-07-01T12:00:00", and "+02:00" behind it where it is known (RFC 3339 without fractions of a second).
// Pure functions.

#include <cstdint>
#include <optional>
#include <string_view>

namespace kith::core {

inline constexpr std::size_t kMaxWallTimeText = 25;

// What the clock showed, in milliseconds since 1970-01-01T00:00:00 on the same clock: what photos are sorted by.
// Takes exactly the text above: years 1800 to 9999, days that exist, an offset of at most 14 hours.
std::optional<std::int64_t> parse_wall_time(std::string_view text);

// A bound of a list by wall time: a day ("2024-07-01", its first moment), or RFC 3339 with or without an offset and
// fractions, both passed over, so that it is compared with what clocks showed.
std::optional<std::int64_t> parse_wall_bound(std::string_view text);

}  // namespace kith::core
