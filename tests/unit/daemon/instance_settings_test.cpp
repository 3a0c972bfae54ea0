#include "daemon/api/instance_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/api/kept_settings.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using testing::HasSubstr;

// An instance whose configuration names what `text` says, and what an admin does with it.
struct InstanceSettingsTest : testing::Test {
  test::TempDir folder;
  test::FakeClock clock;
  test::SeededRandom random;
  std::unique_ptr<storage::Database> database = std::move(*storage::Database::open(folder / "kith.db"));
  std::unique_ptr<storage::KeyVault> vault =
      std::move(*storage::KeyVault::open(*database, storage::MasterKey{}, random));
  accounts::AuditLog audit{*database, clock};
  bool in_use = false;
  int restarts = 0;
  config::Config config;
  std::unique_ptr<federation::InstanceIdentity> identity;
  std::unique_ptr<InstanceSettings> settings;

  // As daemon/app does it, again after each restart.
  void start(const std::string& text = "") {
    config = *config::parse_config(text, "test");
    apply_choices(config, *KeptSettings(*database).choices());
    const auto used = [this](storage::Reader&) -> core::Expected<bool> { return in_use; };
    identity = std::move(*federation::InstanceIdentity::open(
        *database, *vault, clock, random, {config.instance.domain, config.instance.name, "kith"}, used));
    settings = std::make_unique<InstanceSettings>(
        InstanceSettings::Parts{*database, config, *identity, audit, used, [this] { ++restarts; }});
  }
  core::Expected<InstanceChange> change(InstanceWish wish) { return settings->change(wish, {"01hadmin", "192.0.2.7"}); }
  core::Error refusal(InstanceWish wish) {
    const auto changed = change(std::move(wish));
    EXPECT_FALSE(changed);
    return changed ? core::Error{} : changed.error();
  }
  std::vector<std::string> audited() {
    std::vector<std::string> told;
    const auto page = audit.list(std::nullopt, 100);
    for (const auto& entry : page->items) {
      told.push_back(entry.event.actor + " " + entry.event.action + " " + entry.event.subject);
    }
    return told;
  }
};

TEST_F(InstanceSettingsTest, ANameHoldsAtOnce) {
  start();
  const auto changed = change({"Our house", std::nullopt});
  ASSERT_TRUE(changed) << changed.error().detail;
  EXPECT_EQ(changed->view.name, "Our house");
  EXPECT_FALSE(changed->restarting);
  EXPECT_EQ(identity->name(), "Our house");
  EXPECT_EQ(settings->view()->name, "Our house");
  EXPECT_EQ(restarts, 0);
  start();
  EXPECT_EQ(identity->name(), "Our house");
}

TEST_F(InstanceSettingsTest, ADomainHoldsAfterTheRestartItAsksFor) {
  start();
  const auto before = settings->view()->domain;
  const auto changed = change({std::nullopt, "home.example"});
  ASSERT_TRUE(changed) << changed.error().detail;
  EXPECT_TRUE(changed->restarting);
  EXPECT_EQ(restarts, 1);
  EXPECT_EQ(changed->view.domain, "home.example");
  EXPECT_EQ(changed->view.name, "home.example");
  EXPECT_EQ(changed->view.public_url, "https://home.example");
  EXPECT_EQ(settings->view()->domain, before) << "until then the old one is true";
  EXPECT_EQ(identity->domain(), before);
  start();
  EXPECT_EQ(settings->view()->domain, "home.example");
  EXPECT_EQ(settings->view()->public_url, "https://home.example");
}

TEST_F(InstanceSettingsTest, TheLastOfSeveralDomainsHolds) {
  start();
  const auto first = settings->view()->domain;
  ASSERT_TRUE(change({std::nullopt, "a.example"}));
  ASSERT_TRUE(change({"Us", "b.example"}));
  const auto back = change({std::nullopt, first});
  ASSERT_TRUE(back) << "also when it is the one that still runs";
  EXPECT_TRUE(back->restarting);
  EXPECT_EQ(back->view.domain, first);
  EXPECT_EQ(back->view.name, "Us");
  start();
  EXPECT_EQ(settings->view()->domain, first);
}

TEST_F(InstanceSettingsTest, WhatIsTheSameChangesNothingButStays) {
  start("listen: { public: '127.0.0.1:8471' }");
  const auto before = *settings->view();
  const auto changed = change({before.name, before.domain});
  ASSERT_TRUE(changed);
  EXPECT_FALSE(changed->restarting);
  EXPECT_EQ(restarts, 0);
  EXPECT_TRUE(audited().empty());
  start("listen: { public: '127.0.0.1:9000' }");  // another domain would be worked out now
  EXPECT_EQ(settings->view()->domain, before.domain);
}

TEST_F(InstanceSettingsTest, TheConfigurationComesFirst) {
  start("instance: { domain: written.example, name: Written }");
  EXPECT_EQ(settings->view()->domain_fixed_by, "configuration");
  EXPECT_TRUE(settings->view()->name_fixed);
  const auto name = refusal({"Mine", std::nullopt});
  EXPECT_EQ(name.code, ErrorCode::conflict);
  EXPECT_THAT(name.detail, HasSubstr("instance.name"));
  const auto domain = refusal({std::nullopt, "mine.example"});
  EXPECT_EQ(domain.code, ErrorCode::conflict);
  EXPECT_THAT(domain.detail, HasSubstr("instance.domain"));
  EXPECT_TRUE(change({"Written", "written.example"})) << "it is so already";
  EXPECT_EQ(settings->view()->name, "Written");
  EXPECT_EQ(KeptSettings(*database).choices()->domain, std::nullopt);
}

TEST_F(InstanceSettingsTest, AConnectionHoldsTheDomainButNotTheName) {
  start();
  EXPECT_EQ(settings->view()->domain_fixed_by, std::nullopt);
  in_use = true;
  EXPECT_EQ(settings->view()->domain_fixed_by, "connection");
  const auto refused = refusal({"New", "mine.example"});
  EXPECT_EQ(refused.code, ErrorCode::conflict);
  EXPECT_THAT(refused.detail, HasSubstr("revoke or reject every connection"));
  EXPECT_NE(identity->name(), "New") << "all or nothing";
  EXPECT_EQ(KeptSettings(*database).choices()->name, std::nullopt);
  EXPECT_TRUE(change({"New", std::nullopt}));
  EXPECT_EQ(restarts, 0);
}

TEST_F(InstanceSettingsTest, WhatIsNoNameOrDomainIsRefusedWhole) {
  start();
  const auto before = *settings->view();
  EXPECT_EQ(refusal({" New", "mine.example"}).code, ErrorCode::bad_request);
  EXPECT_EQ(refusal({"New", "Mine.example"}).code, ErrorCode::bad_request);
  EXPECT_EQ(settings->view()->name, before.name);
  EXPECT_EQ(KeptSettings(*database).choices()->domain, std::nullopt);
  EXPECT_EQ(restarts, 0);
  EXPECT_TRUE(audited().empty());
}

TEST_F(InstanceSettingsTest, TheAuditLogSaysWhoChangedWhat) {
  start();
  ASSERT_TRUE(change({"Us", "home.example"}));
  EXPECT_THAT(audited(),
              testing::UnorderedElementsAre("01hadmin instance_named Us", "01hadmin instance_moved home.example"));
}

}  // namespace
}  // namespace kith::daemon
