// Durations, sizes and progress, as people write and read them.
#include <gtest/gtest.h>

#include "client/progress.hpp"
#include "client/quantities.hpp"
#include "core/encoding.hpp"

namespace kith::client {
namespace {

TEST(Quantities, AreReadAsPeopleWriteThem) {
  EXPECT_EQ(parse_duration("90s"), 90);
  EXPECT_EQ(parse_duration("12h"), 43200);
  EXPECT_EQ(parse_duration("7d"), 604800);
  EXPECT_EQ(parse_size("500"), 500u);
  EXPECT_EQ(parse_size("20MB"), 20'000'000u);
  EXPECT_EQ(parse_size("2 GiB"), 2ull << 30);
}

TEST(Quantities, OfNoMeaningAreNone) {
  for (const auto* text : {"", "7", "d", "0d", "-1d", "7 days", "1.5h", "99999999999999999999d", "9999999999999999w"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  for (const auto* text : {"", "MB", "0", "-5", "5 apples", "9999999999GiB"})
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
}

TEST(Progress, IsSaidInSizesAndTimes) {
  EXPECT_EQ(size_text(999), "999 bytes");
  EXPECT_EQ(size_text(1000), "1.0 kB");
  EXPECT_EQ(size_text(999'999), "1.0 MB");
  EXPECT_EQ(size_text(12'345'678'901), "12.3 GB");
  EXPECT_EQ(duration_text(std::chrono::seconds(7)), "0:07");
  EXPECT_EQ(duration_text(std::chrono::seconds(3723)), "1:02:03");
}

TEST(Progress, IsALineThatFitsTheTerminal) {
  EXPECT_EQ(Progress::line("a.jpg", 500'000, 1'000'000, 250'000, 80),
            "a.jpg [###########............]  50 %  500.0 kB of 1.0 MB  250.0 kB/s  0:02 left");
  EXPECT_EQ(Progress::line("a", 0, 0, 0, 40), "a [##########] 100 %  0 bytes of 0 bytes");
  for (std::size_t columns = 1; columns < 120; ++columns) {
    const auto line = Progress::line(std::string(100, 'x') + "ü", 999'999'999'999, 1'000'000'000'000, 1e9, columns);
    EXPECT_LE(core::count_code_points(line), columns);
  }
}

}  // namespace
}  // namespace kith::client
