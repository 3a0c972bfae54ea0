#include "accounts/audit.hpp"

#include <gtest/gtest.h>

#include "tests/unit/accounts/household.hpp"

namespace kith::test {

class AuditLog : public AccountsTest {};

TEST_F(AuditLog, FindsWhatIsLookedFor) {
  const auto begin = clock_.now();
  for (const auto* actor : {"shell", "alice", "alice"}) {
    ASSERT_TRUE(accounts().audit().write({actor, "log_in", "alice", "", ""}));
    ASSERT_TRUE(accounts().audit().write({actor, "log_out", "bob", "", ""}));
    clock_.advance(std::chrono::seconds{1});
  }
  const auto count = [&](const accounts::AuditFilter& filter) {
    return accounts().audit().list(std::nullopt, 10, filter).value().items.size();
  };
  EXPECT_EQ(count({}), 6u);
  EXPECT_EQ(count({.actor = "alice"}), 4u);
  EXPECT_EQ(count({.actor = ""}), 0u);
  EXPECT_EQ(count({.actor = "alice", .action = "log_in"}), 2u);
  EXPECT_EQ(count({.action = "log_in", .subject = "bob"}), 0u);
  EXPECT_EQ(count({.from = begin + std::chrono::seconds{1}}), 4u);
  EXPECT_EQ(count({.to = begin + std::chrono::seconds{1}}), 2u) << "excluding that moment";
  const auto page = accounts().audit().list(std::nullopt, 1, {.actor = "alice", .action = "log_in"}).value();
  ASSERT_TRUE(page.next);
  EXPECT_EQ(accounts().audit().list(page.next, 10, {.actor = "alice", .action = "log_in"}).value().items.size(), 1u);
}

TEST_F(AuditLog, ListsNewestFirstInPages) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(accounts().audit().write({"shell", "step" + std::to_string(i), "", "", ""}));
    clock_.advance(std::chrono::seconds{1});
  }
  std::vector<std::string> seen;
  std::optional<std::int64_t> cursor;
  do {
    const auto page = accounts().audit().list(cursor, 2).value();
    for (const auto& entry : page.items) seen.push_back(entry.event.action);
    cursor = page.next;
  } while (cursor);
  EXPECT_THAT(seen, ::testing::ElementsAre("step4", "step3", "step2", "step1", "step0"));
}

TEST_F(AuditLog, CutsLongTextsBetweenCharacters) {
  std::string umlauts;
  while (umlauts.size() < 3000) umlauts += "x\xc3\xa4";
  ASSERT_TRUE(accounts().audit().write({umlauts, std::string(100, 'a'), umlauts, std::string(100, '1'), umlauts}));
  const auto event = accounts().audit().list(std::nullopt, 1).value().items.at(0).event;
  EXPECT_EQ(event.action, std::string(64, 'a'));
  EXPECT_EQ(event.client, std::string(64, '1'));
  for (const auto& text : {event.actor, event.subject, event.detail}) {
    EXPECT_GT(text.size(), 300U);
    EXPECT_TRUE(umlauts.starts_with(text));
    EXPECT_NE(text.back(), '\xc3') << "half a character";
  }
  EXPECT_LE(event.detail.size(), 1024U);
  ASSERT_TRUE(accounts().audit().write({"", "x", "\xff\xfe", "", ""}));
  EXPECT_EQ(accounts().audit().list(std::nullopt, 1).value().items.at(0).event.subject, "(not UTF-8)");
}

TEST_F(AuditLog, StaysBoundedInRows) {
  ASSERT_TRUE(accounts().audit().write({"", "old", "", "", ""}));
  const auto moved = process_->database().write([](storage::Transaction& transaction) -> core::Expected<void> {
    KITH_TRY(transaction.execute("INSERT INTO audit_log VALUES (?, 0, '', 'recent', '', '', '')",
                                 {accounts::kMaxAuditRows}));
    return {};
  });
  ASSERT_TRUE(moved);
  ASSERT_TRUE(accounts().audit().write({"", "new", "", "", ""}));
  const auto page = accounts().audit().list(std::nullopt, 10).value();
  ASSERT_EQ(page.items.size(), 2U);
  EXPECT_EQ(page.items[0].event.action, "new");
  EXPECT_EQ(page.items[1].event.action, "recent");
}

TEST_F(AuditLog, ForgetsAfterNinetyDays) {
  ASSERT_TRUE(accounts().audit().write({"", "old", "", "", ""}));
  clock_.advance(accounts::kAuditLife);
  ASSERT_TRUE(accounts().audit().write({"", "new", "", "", ""}));
  EXPECT_EQ(accounts().audit().prune().value(), 0);
  clock_.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(accounts().audit().prune().value(), 1);
  EXPECT_EQ(accounts().audit().list(std::nullopt, 10).value().items.at(0).event.action, "new");
}

TEST_F(AuditLog, GoesWithTheChangeItTellsOf) {
  const auto failed = process_->database().write([&](storage::Transaction& transaction) -> core::Expected<void> {
    KITH_TRY(accounts().audit().write(transaction, {"", "undone", "", "", ""}));
    return core::fail(core::ErrorCode::conflict, "rolled back");
  });
  EXPECT_FALSE(failed);
  EXPECT_TRUE(accounts().audit().list(std::nullopt, 10).value().items.empty());
}

}  // namespace kith::test
