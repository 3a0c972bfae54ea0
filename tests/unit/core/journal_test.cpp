#include "core/journal.hpp"

#include <gtest/gtest.h>

#include <future>

#include "core/log_scope.hpp"
#include "core/worker_pool.hpp"

namespace kith::core {
namespace {

TEST(JournalEntry, HasAFieldALine) {
  JournalEntry entry;
  entry.add("PRIORITY", "6");
  entry.add("MESSAGE", "listening");
  EXPECT_EQ(entry.bytes(), "PRIORITY=6\nMESSAGE=listening\n");
}

// A line break can't begin a field of its own: such a value goes with its length.
TEST(JournalEntry, TellsTheLengthOfWhatHasLines) {
  JournalEntry entry;
  entry.add("KITH_DETAIL", "one\nPRIORITY=0");
  const std::string length{"\x0e\0\0\0\0\0\0\0", 8};
  EXPECT_EQ(entry.bytes(), "KITH_DETAIL\n" + length + "one\nPRIORITY=0\n");
}

TEST(JournalEntry, CutsWhatIsLongBetweenCharacters) {
  JournalEntry entry;
  std::string text;
  while (text.size() <= kLongestJournalField) text += "ü";
  entry.add("KITH_DETAIL", text);
  EXPECT_LE(entry.bytes().size(), kLongestJournalField + 32);
  EXPECT_TRUE(entry.bytes().ends_with("ü…\n"));
}

TEST(JournalEntry, HasAnEnd) {
  JournalEntry entry;
  for (int i = 0; i < 100; ++i) entry.add("KITH_DETAIL", std::string(10'000, 'x'));
  EXPECT_LE(entry.bytes().size(), kLongestJournalEntry);
  EXPECT_GT(entry.bytes().size(), kLongestJournalEntry - 11'000);
}

TEST(JournalEntry, NamesFieldsAsTheJournalWantsThem) {
  EXPECT_EQ(journal_field_name("request_id"), "KITH_REQUEST_ID");
  EXPECT_EQ(journal_field_name("a b=c\nü"), "KITH_A_B_C___");
  EXPECT_EQ(journal_field_name(std::string(100, 'a')).size(), 64u);
}

TEST(JournalSocket, SaysThatNobodyIsThere) {
  JournalEntry entry;
  entry.add("MESSAGE", "hello");
  EXPECT_FALSE(JournalSocket("/nonexistent/journal").send(entry));
  EXPECT_FALSE(JournalSocket("/" + std::string(200, 'x')).send(entry));
}

TEST(LogScope, NestsAndEnds) {
  EXPECT_EQ(LogScope::request_id(), "");
  {
    const LogScope outer("one");
    {
      const LogScope inner("two");
      EXPECT_EQ(LogScope::request_id(), "two");
    }
    EXPECT_EQ(LogScope::request_id(), "one");
  }
  EXPECT_EQ(LogScope::request_id(), "");
}

TEST(LogScope, GoesWithWorkThatIsLeftToOthers) {
  WorkerPool pool("test", 1, 8);
  std::promise<std::string> within, beyond, after;
  {
    const LogScope scope("one");
    ASSERT_TRUE(pool.try_post([&] {
      within.set_value(LogScope::request_id());
      if (!pool.post([&] { beyond.set_value(LogScope::request_id()); })) beyond.set_value("not taken");
    }));
  }
  EXPECT_EQ(within.get_future().get(), "one");
  EXPECT_EQ(beyond.get_future().get(), "one");
  ASSERT_TRUE(pool.post([&] { after.set_value(LogScope::request_id()); }));
  EXPECT_EQ(after.get_future().get(), "");
}

}  // namespace
}  // namespace kith::core
