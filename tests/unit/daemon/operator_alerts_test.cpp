#include "daemon/app/operator_alerts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::daemon {
namespace {

using namespace std::chrono_literals;

struct OperatorAlertsTest : testing::Test {
  test::TempDir folder;
  test::FakeClock clock;
  std::unique_ptr<storage::Database> database =
      std::move(*storage::Database::open(folder / "kith.db", {.synchronous_full = false}));
  OperatorAlerts alerts{*database, clock, core::Logger::none(), {"", "", "Our house", "a.example"}};

  std::map<std::string, std::int64_t> counts() {
    alerts.finish(30s);
    std::map<std::string, std::int64_t> found;
    const auto page = alerts.book().list(std::nullopt, 500).value();
    for (const auto& alert : page.items) found[alert.about] = alert.count;
    return found;
  }
};

TEST_F(OperatorAlertsTest, WritesWhatWasRaised) {
  alerts.raise("forged", "a", "once");
  alerts.raise("forged", "a", "twice");
  EXPECT_EQ(counts(), (std::map<std::string, std::int64_t>{{"a", 2}}));
  EXPECT_EQ(alerts.raised(), (std::map<std::string, std::uint64_t>{{"forged", 2}}));
  const auto audited = accounts::AuditLog(*database, clock).list(std::nullopt, 10).value().items;
  ASSERT_EQ(audited.size(), 1u);
  EXPECT_EQ(audited[0].event.actor, "kithd");
  EXPECT_EQ(audited[0].event.action, "alert");
  EXPECT_EQ(audited[0].event.subject, "a");
}

// The writer of the database is held meanwhile, so that everything waits at once.
TEST_F(OperatorAlertsTest, NeverBlocksAndLosesNoCount) {
  constexpr int kRaised = 2000;
  ASSERT_TRUE(database->write([&](storage::Transaction&) -> core::Expected<void> {
    for (int i = 0; i < kRaised; ++i) alerts.raise("forged", "address " + std::to_string(i), "");
    return {};
  }));
  std::int64_t sum = 0;
  const auto found = counts();
  for (const auto& [about, count] : found) sum += count;
  EXPECT_EQ(sum, kRaised);
  EXPECT_EQ(found.size(), 21u);
  EXPECT_EQ(alerts.raised().at("forged"), 2000u);
}

TEST_F(OperatorAlertsTest, TakesANetworkOfIpv6ForOneAddress) {
  for (const auto* about : {"2001:db8:1:2::3", "2001:db8:1:2:ffff::", "2001:db8:1:3::", "[::1]:8471", "192.0.2.1"}) {
    alerts.raise("forged", about, "");
  }
  EXPECT_EQ(counts(), (std::map<std::string, std::int64_t>{
                          {"2001:db8:1:2::/64", 2}, {"2001:db8:1:3::/64", 1}, {"[::1]:8471", 1}, {"192.0.2.1", 1}}));
}

TEST_F(OperatorAlertsTest, WritesWhatWaitsBeforeItStops) {
  alerts.raise("forged", "a", "");
  alerts.stop();
  alerts.raise("forged", "b", "too late");
  EXPECT_EQ(counts(), (std::map<std::string, std::int64_t>{{"a", 1}}));
  alerts.stop();
}

TEST_F(OperatorAlertsTest, CountsAFewKindsOnly) {
  for (int i = 0; i < 100; ++i) alerts.raise("kind " + std::to_string(i), "a", "");
  EXPECT_EQ(alerts.raised().size(), 32u);
}

}  // namespace
}  // namespace kith::daemon
