#include "daemon/api/alert_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::daemon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

struct AlertBookTest : testing::Test {
  test::TempDir folder;
  test::FakeClock clock;
  std::unique_ptr<storage::Database> database =
      std::move(*storage::Database::open(folder / "kith.db", {.synchronous_full = false}));
  AlertBook book{*database, clock, true};

  std::vector<Alert> raise(const std::string& about, std::int64_t count = 1, const std::string& kind = "forged") {
    return book.note({{kind, about, "somebody knocked", count, clock.now(), clock.now()}}).value();
  }
  std::vector<Alert> all() { return book.list(std::nullopt, 500)->items; }
  std::optional<std::string> next_to_tell() {
    const auto waiting = book.waiting().value();
    return waiting && waiting->due <= clock.now() ? std::optional(waiting->alert.about) : std::nullopt;
  }
  void tell_all() {
    for (auto waiting = book.waiting().value(); waiting; waiting = book.waiting().value()) {
      ASSERT_TRUE(book.told(waiting->alert));
    }
  }
};

TEST_F(AlertBookTest, AnnouncesEqualOnesOnceADay) {
  EXPECT_THAT(raise("a"), SizeIs(1));
  tell_all();
  for (int i = 0; i < 5; ++i) EXPECT_THAT(raise("a", 3), SizeIs(0));
  EXPECT_EQ(next_to_tell(), std::nullopt);
  ASSERT_THAT(all(), SizeIs(1));
  EXPECT_EQ(all()[0].count, 16);
  clock.advance(24h - 1ms);
  EXPECT_THAT(raise("a"), SizeIs(0));
  clock.advance(1ms);
  ASSERT_THAT(raise("a"), SizeIs(1));
  EXPECT_EQ(next_to_tell(), "a");
  EXPECT_EQ(all()[0].count, 18);
  EXPECT_EQ(all()[0].first_at, clock.now() - 24h);
}

TEST_F(AlertBookTest, KeepsKindsAndSubjectsApart) {
  EXPECT_THAT(raise("a"), SizeIs(1));
  EXPECT_THAT(raise("b"), SizeIs(1));
  EXPECT_THAT(raise("a", 1, "other"), SizeIs(1));
}

TEST_F(AlertBookTest, CountsWhatIsTooMuchOfAKindInOneRow) {
  for (int i = 0; i < 20; ++i) EXPECT_THAT(raise("address " + std::to_string(i)), SizeIs(1));
  const auto first = raise("address 20");
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].about, AlertBook::kOthers);
  EXPECT_THAT(first[0].detail, HasSubstr("address 20"));
  for (int i = 21; i < 100; ++i) EXPECT_THAT(raise("address " + std::to_string(i)), SizeIs(0));
  EXPECT_THAT(all(), SizeIs(21));
  EXPECT_EQ(all()[0].count, 80);
  clock.advance(1ms);
  EXPECT_THAT(raise("address 3"), SizeIs(0)) << "a known one is counted in its own row";
  EXPECT_EQ(all()[0].about, "address 3");
  EXPECT_THAT(raise("x", 1, "another kind"), SizeIs(1)) << "which a flood of one kind does not hide";
  clock.advance(1h);
  EXPECT_THAT(raise("address 100"), SizeIs(1)) << "an hour later there is room again";
}

TEST_F(AlertBookTest, TellsOfTheOthersEachHour) {
  for (int i = 0; i < 21; ++i) raise("address " + std::to_string(i));
  clock.advance(1h);
  std::vector<std::string> told;
  for (int i = 100; i < 200; ++i) {
    for (const auto& alert : raise("address " + std::to_string(i))) told.push_back(alert.about);
  }
  EXPECT_THAT(told, SizeIs(21));
  EXPECT_EQ(told.back(), AlertBook::kOthers);
}

TEST_F(AlertBookTest, KeepsAThousandAndForgetsTheOldestFirst) {
  for (int hour = 0; hour < 52; ++hour) {
    for (int i = 0; i < 20; ++i) raise(std::to_string(hour) + "." + std::to_string(i));
    clock.advance(1h);
  }
  const auto page = all();
  EXPECT_EQ(page.size(), 500u);
  const auto rest = book.list(book.list(std::nullopt, 500)->next, 500).value();
  EXPECT_EQ(rest.items.size(), 500u);
  EXPECT_EQ(rest.next, std::nullopt);
  EXPECT_EQ(rest.items.back().about, "2.0");
}

TEST_F(AlertBookTest, ForgetsAfterNinetyDays) {
  raise("a");
  clock.advance(AlertBook::kLife + 1ms);
  raise("b");
  ASSERT_THAT(all(), SizeIs(1));
  EXPECT_EQ(all()[0].about, "b");
}

TEST_F(AlertBookTest, TriesThreeTimesThenHourlyForADay) {
  raise("a");
  std::vector<std::chrono::milliseconds> pauses;
  for (auto waiting = book.waiting().value(); waiting; waiting = book.waiting().value()) {
    ASSERT_LE(pauses.size(), 30u);
    pauses.push_back(waiting->due - clock.now());
    clock.advance(pauses.back());
    ASSERT_TRUE(book.not_told(waiting->alert));
  }
  ASSERT_THAT(pauses, SizeIs(26));
  EXPECT_EQ(pauses[0], 0ms);
  EXPECT_EQ(pauses[1], 1s);
  EXPECT_EQ(pauses[2], 30s);
  EXPECT_EQ(pauses[3], 1h);
  EXPECT_EQ(pauses[25], 1h);
}

TEST_F(AlertBookTest, WaitsOnlyWhereThereIsAWebhook) {
  AlertBook without(*database, clock, false);
  EXPECT_THAT(without.note({{"forged", "a", "", 1, clock.now(), clock.now()}}).value(), SizeIs(1));
  EXPECT_FALSE(*without.waiting());
}

TEST_F(AlertBookTest, CutsWhatIsTooLong) {
  std::string umlauts;
  for (int i = 0; i < 1000; ++i) umlauts += "ü";
  ASSERT_TRUE(book.note({{std::string(100, 'k'), umlauts, umlauts, 1, clock.now(), clock.now()}}));
  const auto alert = all().at(0);
  EXPECT_EQ(alert.kind.size(), 64u);
  EXPECT_EQ(alert.about.size(), 320u);
  EXPECT_EQ(alert.detail.size(), 1024u);
  ASSERT_TRUE(book.note({{"k", "\xff", "\xff", 1, clock.now(), clock.now()}}));
  EXPECT_EQ(all().at(0).about, "(not UTF-8)");
}

TEST_F(AlertBookTest, AClockThatWasAheadSilencesNobody) {
  const auto today = clock.now();
  clock.set_wall(today + 365 * 24h);
  raise("a");
  clock.set_wall(today);
  EXPECT_THAT(raise("a"), SizeIs(1));
}

TEST_F(AlertBookTest, RefusesCursorsOfOthers) {
  for (const auto* cursor : {"", "x", "1", "1.", ".1", "1.x", "1.2.3", "99999999999999999999.1", "1.1 "}) {
    const auto page = book.list(cursor, 10);
    ASSERT_FALSE(page) << cursor;
    EXPECT_EQ(page.error().code, core::ErrorCode::bad_request);
  }
}

}  // namespace
}  // namespace kith::daemon
