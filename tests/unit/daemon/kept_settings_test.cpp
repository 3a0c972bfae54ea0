#include "daemon/api/kept_settings.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace kith::daemon {
namespace {

struct KeptSettingsTest : testing::Test {
  test::TempDir folder;
  std::unique_ptr<storage::Database> database = std::move(*storage::Database::open(folder / "kith.db"));
  KeptSettings settings{*database};

  void choose(const std::string& domain, bool untried = true) {
    ASSERT_TRUE(database->write(
        [&](storage::Transaction& transaction) { return KeptSettings::choose_domain(transaction, domain, untried); }));
  }
  std::optional<std::string> domain() { return settings.choices()->domain; }
  bool gives_up() { return settings.give_up_untried_domain().value(); }
};

TEST_F(KeptSettingsTest, KeepsNothingAtFirst) {
  EXPECT_EQ(domain(), std::nullopt);
  EXPECT_EQ(settings.choices()->name, std::nullopt);
  EXPECT_EQ(*settings.last_contact("a.example"), std::nullopt);
  EXPECT_FALSE(gives_up());
  EXPECT_TRUE(settings.domain_works("a.example"));
}

TEST_F(KeptSettingsTest, KeepsWhatWasChosenLastOverARestart) {
  for (const auto* name : {"Us", "Our house"}) {
    ASSERT_TRUE(database->write(
        [&](storage::Transaction& transaction) { return KeptSettings::choose_name(transaction, name); }));
  }
  choose("a.example");
  database.reset();
  database = std::move(*storage::Database::open(folder / "kith.db"));
  const auto choices = KeptSettings(*database).choices();
  EXPECT_EQ(choices->name, "Our house");
  EXPECT_EQ(choices->domain, "a.example");
}

TEST_F(KeptSettingsTest, GoesBackToWhatWorked) {
  choose("a.example");
  EXPECT_TRUE(gives_up());
  EXPECT_EQ(domain(), std::nullopt) << "none was chosen before";
  EXPECT_FALSE(gives_up()) << "once";

  choose("a.example");
  ASSERT_TRUE(settings.domain_works("a.example"));
  EXPECT_FALSE(gives_up());
  EXPECT_EQ(domain(), "a.example");

  choose("b.example");
  choose("c.example");
  EXPECT_TRUE(gives_up());
  EXPECT_EQ(domain(), "a.example") << "b.example was never tried";
}

// The configuration file may name another, and an admin may choose while the daemon starts.
TEST_F(KeptSettingsTest, AStartWithAnotherDomainTriesNothing) {
  choose("a.example");
  ASSERT_TRUE(settings.domain_works("a.example"));
  choose("b.example");
  ASSERT_TRUE(settings.domain_works("a.example"));
  EXPECT_TRUE(gives_up());
  EXPECT_EQ(domain(), "a.example");
}

TEST_F(KeptSettingsTest, HasNothingToGiveUpWhereTheRunningDomainWasConfirmed) {
  choose("a.example", false);
  EXPECT_FALSE(gives_up());
  EXPECT_EQ(domain(), "a.example");
}

TEST_F(KeptSettingsTest, KnowsTheLastContactOfTheDomainItWasUnder) {
  const auto at = *core::parse_timestamp("2026-11-20T13:15:02.123Z");
  ASSERT_TRUE(settings.keep_contact("a.example", at));
  EXPECT_EQ(*settings.last_contact("a.example"), at);
  EXPECT_EQ(*settings.last_contact("b.example"), std::nullopt);
  ASSERT_TRUE(settings.keep_contact("b.example", at));
  EXPECT_EQ(*settings.last_contact("a.example"), std::nullopt);
}

}  // namespace
}  // namespace kith::daemon
