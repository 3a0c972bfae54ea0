#pragma once
// Wall-clock times as kith keeps and sends them: milliseconds since the Unix epoch, RFC 3339 in UTC on the wire.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kith::core {

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

// "2026-11-20T13:15:02.123Z" (RFC 3339, always three digits of milliseconds and Z).
std::string format_timestamp(Timestamp time);
// Takes exactly what format_timestamp makes, years 1970 to 9999; anything else is nothing.
std::optional<Timestamp> parse_timestamp(std::string_view text);

inline std::int64_t to_unix_ms(Timestamp time) {
  return time.time_since_epoch().count();
}
inline Timestamp from_unix_ms(std::int64_t ms) {
  return Timestamp{std::chrono::milliseconds{ms}};
}

}  // namespace kith::core
