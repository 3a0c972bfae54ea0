#include "federation/service/outbox.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::federation {
namespace {

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() {
    storage::DatabaseOptions options;
    options.synchronous_full = false;
    database = std::move(storage::Database::open(folder / "kith.db", options).value());
    outbox = make();
  }
  std::unique_ptr<Outbox> make() {
    auto made = std::make_unique<Outbox>(*database, clock, random, core::Logger::none());
    made->handle("tell", [this](const OutboxTask& task) {
      tries.push_back(task.payload);
      return during ? during(task) : result;
    });
    return made;
  }
  void add(std::string_view subject, std::string_view payload = {}) {
    ASSERT_TRUE(database->write(
        [&](storage::Transaction& transaction) { return outbox->add(transaction, "tell", subject, payload); }));
  }
  void hurry(std::string_view subject) {
    ASSERT_TRUE(database->write([&](storage::Transaction& transaction) -> Expected<void> {
      KITH_TRY(outbox->hurry(transaction, subject));
      return {};
    }));
  }

  test::TempDir folder;
  test::FakeClock clock;
  test::SeededRandom random;
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<Outbox> outbox;
  std::vector<std::string> tries;
  OutboxResult result = OutboxResult::done();
  std::function<OutboxResult(const OutboxTask&)> during;
};

TEST_F(OutboxTest, DoesATaskOnceAndForgetsIt) {
  add("x", "hello");
  EXPECT_EQ(outbox->run_due(), 1u);
  EXPECT_EQ(outbox->run_due(), 0u);
  EXPECT_EQ(tries, std::vector<std::string>{"hello"});
  EXPECT_FALSE(outbox->next_due());
}

TEST_F(OutboxTest, PausesGrowUpToALimitAndVary) {
  result = OutboxResult::again("no answer");
  add("x");
  std::vector<std::chrono::milliseconds> pauses;
  for (int i = 0; i < 18; ++i) {
    ASSERT_EQ(outbox->run_due(), 1u);
    pauses.push_back(*outbox->next_due() - clock.now());
    clock.advance(pauses.back());
  }
  EXPECT_GE(pauses[0], std::chrono::milliseconds{75});
  EXPECT_LE(pauses[0], std::chrono::milliseconds{125});
  EXPECT_GT(pauses[5], pauses[0] * 10);
  for (const auto pause : pauses) EXPECT_LE(pause, std::chrono::minutes{15} * 5 / 4);
  EXPECT_GT(pauses[17], std::chrono::minutes{15} * 3 / 4 - std::chrono::seconds{1});
  EXPECT_NE(pauses[16], pauses[17]);
}

TEST_F(OutboxTest, SurvivesARestart) {
  add("x", "hello");
  outbox.reset();
  outbox = make();
  EXPECT_EQ(outbox->run_due(), 1u);
}

TEST_F(OutboxTest, ParkedTaskWaitsForAPerson) {
  result = OutboxResult::parked("ask somebody");
  add("x");
  EXPECT_EQ(outbox->run_due(), 1u);
  clock.advance(std::chrono::hours{1000});
  EXPECT_EQ(outbox->run_due(), 0u);
  result = OutboxResult::done();
  hurry("x");
  EXPECT_EQ(outbox->run_due(), 1u);
}

TEST_F(OutboxTest, TaskAddedAgainWhileItRunsIsDoneAgain) {
  during = [&](const OutboxTask& task) {
    if (task.payload == "old") add("x", "new");
    return OutboxResult::done();
  };
  add("x", "old");
  EXPECT_EQ(outbox->run_due(), 2u);
  EXPECT_EQ(tries, (std::vector<std::string>{"old", "new"}));
}

TEST_F(OutboxTest, TaskReplacedByAnotherWhileItRunsDoesNotTakeThatAlong) {
  during = [&](const OutboxTask& task) {
    if (task.subject == "x") {
      EXPECT_TRUE(
          database->write([&](storage::Transaction& transaction) { return outbox->drop_all(transaction, "x"); }));
      add("y", "other");
    }
    return OutboxResult::done();
  };
  add("x", "one");
  EXPECT_EQ(outbox->run_due(), 2u);
  EXPECT_EQ(tries, (std::vector<std::string>{"one", "other"}));
}

TEST_F(OutboxTest, TaskWhoseOutcomeCantBeWrittenRestsAndIsTriedAgain) {
  const auto run_sql = [&](std::string_view sql) {
    ASSERT_TRUE(database->write([&](storage::Transaction& transaction) -> Expected<void> {
      KITH_TRY(transaction.execute(sql, {}));
      return {};
    }));
  };
  add("x", "hello");
  run_sql("CREATE TRIGGER full BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'disk full'); END");
  EXPECT_EQ(outbox->run_due(), 0u);
  EXPECT_EQ(outbox->run_due(), 0u);
  EXPECT_EQ(tries.size(), 1u);
  EXPECT_EQ(outbox->next_due(), clock.now() + std::chrono::seconds{30});
  // Others go on meanwhile.
  result = OutboxResult::again("no answer");
  add("y", "other");
  EXPECT_EQ(outbox->run_due(), 1u);
  result = OutboxResult::done();
  run_sql("DROP TRIGGER full");
  clock.advance(std::chrono::seconds{30});
  EXPECT_EQ(outbox->run_due(), 2u);
  EXPECT_EQ(std::count(tries.begin(), tries.end(), "hello"), 2);
  EXPECT_FALSE(outbox->next_due());
}

TEST_F(OutboxTest, TaskThatRunsIsNotDue) {
  std::vector<std::optional<core::Timestamp>> seen;
  during = [&](const OutboxTask&) {
    seen.push_back(outbox->next_due());
    return OutboxResult::done();
  };
  add("x");
  EXPECT_EQ(outbox->run_due(), 1u);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_FALSE(seen.front());
}

TEST_F(OutboxTest, ErrorIsCutBetweenCharacters) {
  result = OutboxResult::parked(std::string(499, 'x') + "\u00e9");
  add("x");
  EXPECT_EQ(outbox->run_due(), 1u);
  std::string kept;
  ASSERT_TRUE(database->read([&](storage::Reader& reader) {
    return reader.query("SELECT last_error FROM outbox", {}, [&](const storage::Row& row) {
      kept = row.text(0);
      return false;
    });
  }));
  EXPECT_EQ(kept, std::string(499, 'x'));
}

TEST_F(OutboxTest, WakesWhenAsked) {
  int woken = 0;
  outbox->on_wake([&] { ++woken; });
  outbox->wake();
  EXPECT_EQ(woken, 1);
}

}  // namespace
}  // namespace kith::federation
