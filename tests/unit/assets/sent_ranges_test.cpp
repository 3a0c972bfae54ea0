#include "assets/sent_ranges.hpp"

#include <gtest/gtest.h>

namespace kith::assets {

TEST(SentRanges, CoverWhatWasSentInAnyOrder) {
  SentRanges ranges;
  EXPECT_TRUE(ranges.cover(0));
  EXPECT_FALSE(ranges.cover(1));
  ranges.add(5, 5);
  ranges.add(0, 0);
  EXPECT_FALSE(ranges.cover(10));
  ranges.add(0, 4);
  EXPECT_FALSE(ranges.cover(10)) << "one byte is missing";
  EXPECT_EQ(ranges.text(), "0-4,5-10");
  EXPECT_EQ(ranges.reach(), 4u);
  ranges.add(4, 1);
  EXPECT_TRUE(ranges.cover(10));
  EXPECT_FALSE(ranges.cover(11));
  EXPECT_EQ(ranges.text(), "0-10");
}

TEST(SentRanges, TheSameBytesAddNothing) {
  SentRanges ranges;
  for (int i = 0; i < 10; ++i) ranges.add(2, 6);
  ranges.add(3, 2);
  ranges.add(1, 4);
  ranges.add(7, 2);
  EXPECT_EQ(ranges.text(), "1-9");
  ranges.add(20, 5);
  ranges.add(0, 30);
  EXPECT_EQ(ranges.text(), "0-30") << "one that holds all others";
}

TEST(SentRanges, AddUp) {
  SentRanges all, other;
  all.add(0, 9);
  other.add(9, 1);
  all.add(other);
  EXPECT_TRUE(all.cover(10));
}

TEST(SentRanges, ManyScatteredOnesAreBoundedAndCountForMore) {
  SentRanges ranges;
  constexpr std::uint64_t kFar = UINT64_MAX / 2;
  for (std::uint64_t i = 0; i < 1000; ++i) ranges.add(kFar + 10 * i, 1);
  EXPECT_LE(ranges.text().size(), kMaxSentRangesText);
  EXPECT_EQ(SentRanges::parse(ranges.text()), ranges);
  ranges.add(0, kFar);
  EXPECT_FALSE(ranges.cover(kFar + 9991)) << "some gaps are left";
  for (std::uint64_t i = 0; i < 1000; ++i) ranges.add(kFar + 10 * i, 10);
  EXPECT_TRUE(ranges.cover(kFar + 10'000));
}

TEST(SentRanges, HaveOneText) {
  for (const auto* text : {"", "0-1", "0-1,2-3", "7-9,100-18446744073709551615"})
    EXPECT_EQ(SentRanges::parse(text).value().text(), text);
  for (const auto* text : {",", "0", "0-", "-1", "1-1", "2-1", "0-1,", "0-1,1-2", "2-3,0-1", "00-1", "0-1 ", "0-1;2-3",
                           "0-18446744073709551616"})
    EXPECT_FALSE(SentRanges::parse(text)) << text;
}

}  // namespace kith::assets
