#include "core/wall_time.hpp"

#include <gtest/gtest.h>

namespace kith::core {
namespace {

TEST(WallTime, IsWhatTheClockShowed) {
  EXPECT_EQ(parse_wall_time("1970-01-01T00:00:01"), 1000);
  EXPECT_EQ(parse_wall_time("1970-01-01T00:00:01+02:00"), 1000);
  EXPECT_EQ(parse_wall_time("1970-01-01T00:00:01-14:00"), 1000);
  EXPECT_EQ(parse_wall_time("1969-12-31T23:59:59"), -1000);
  EXPECT_EQ(parse_wall_time("2024-02-29T12:00:00"), 1'709'208'000'000);
}

TEST(WallTime, TakesOneSpellingOnly) {
  for (const auto* text :
       {"", "2024", "2024-02-30T00:00:00", "2023-02-29T00:00:00", "2024-13-01T00:00:00", "2024-00-01T00:00:00",
        "1799-01-01T00:00:00", "2024-01-01 00:00:00", "2024-01-01T24:00:00", "2024-01-01T00:60:00",
        "2024-01-01T00:00:60", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00+2:00", "2024-01-01T00:00:00+14:01",
        "2024-01-01T00:00:00+02:60", "2024-01-01T00:00:00.5", "2024-01-01T00:00", "+024-01-01T00:00:00",
        "2024-01-01T00:00:00+02:00 "})
    EXPECT_FALSE(parse_wall_time(text)) << text;
}

TEST(WallTime, BoundsAreDaysOrTimes) {
  EXPECT_EQ(parse_wall_bound("1970-01-02"), 86'400'000);
  for (const auto* text : {"1970-01-02T00:00:00", "1970-01-02T00:00:00Z", "1970-01-02T00:00:00.123Z",
                           "1970-01-02T00:00:00+02:00", "1970-01-02T00:00:00.5-08:00"})
    EXPECT_EQ(parse_wall_bound(text), 86'400'000) << text;
  for (const auto* text : {"", "1970", "1970-01", "1970-1-2", "1970-01-02T", "1970-01-02T00:00:00.Z",
                           "1970-01-02T00:00:00 02:00", "1970-01-02T00:00:00.12345678901234567890123Z", "yesterday"})
    EXPECT_FALSE(parse_wall_bound(text)) << text;
}

}  // namespace
}  // namespace kith::core
