#include "federation/fingerprint.hpp"
#include "federation/net/instance_identity.hpp"
#include "federation/wire/discovery.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;

struct InstanceIdentityTest : testing::Test {
  test::TempDir folder;
  test::FakeClock clock;
  test::SeededRandom random;
  std::unique_ptr<storage::Database> database = std::move(*storage::Database::open(folder / "kith.db"));
  std::unique_ptr<storage::KeyVault> vault =
      std::move(*storage::KeyVault::open(*database, storage::MasterKey{}, random));
  bool in_use = false;

  Expected<std::unique_ptr<InstanceIdentity>> open(const std::string& domain = "a.example:8471",
                                                   const std::string& name = "Alice's server") {
    return InstanceIdentity::open(*database, *vault, clock, random, {domain, name, "kith"},
                                  [this](storage::Reader&) -> Expected<bool> { return in_use; });
  }
};

TEST_F(InstanceIdentityTest, MakesTheKeyOnceAndKeepsIt) {
  const auto made = open();
  ASSERT_TRUE(made) << made.error().detail;
  const auto again = open();
  EXPECT_EQ((*again)->public_key(), (*made)->public_key());
  EXPECT_EQ((*again)->fingerprint(), Fingerprint::of((*made)->public_key()).grouped());
  EXPECT_EQ((*again)->fingerprint().size(), 64U);
}

TEST_F(InstanceIdentityTest, SignsWithTheKeyItShows) {
  const auto own = std::move(*open());
  const auto message = core::as_bytes("message");
  EXPECT_TRUE(core::verify_signature(own->public_key(), message, own->sign(message)));
}

TEST_F(InstanceIdentityTest, ShowsItselfInItsDiscoveryDocument) {
  const auto own = std::move(*open());
  const auto document = wire::DiscoveryDocument::parse(own->discovery_document());
  ASSERT_TRUE(document);
  EXPECT_EQ(document->domain.text(), "a.example:8471");
  EXPECT_EQ(document->instance_key, own->public_key());
  EXPECT_EQ(document->name, "Alice's server");
}

TEST_F(InstanceIdentityTest, KeepsTheSeedSealed) {
  const auto own = std::move(*open());
  core::Bytes sealed;
  ASSERT_TRUE(database->read([&](storage::Reader& reader) {
    return reader.query("SELECT sealed_seed FROM own_instance_key", {}, [&](const storage::Row& row) {
      sealed = row.blob(0);
      return false;
    });
  }));
  const auto seed = own->signing_key().seed().view();
  EXPECT_EQ(std::search(sealed.begin(), sealed.end(), seed.begin(), seed.end()), sealed.end());
}

TEST_F(InstanceIdentityTest, NeverMakesANewKeyInThePlaceOfADamagedOne) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(database->write([](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("UPDATE own_instance_key SET sealed_seed = zeroblob(72)"));
    return {};
  }));
  EXPECT_EQ(open().error().code, ErrorCode::internal);
}

TEST_F(InstanceIdentityTest, RefusesAnotherDomainOnceSomebodyKnowsIt) {
  const auto before = (*open())->public_key();
  in_use = true;
  const auto refused = open("b.example");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().detail, testing::HasSubstr("set it back to a.example:8471"));
  EXPECT_TRUE(open());
  in_use = false;
  const auto moved = open("b.example");
  ASSERT_TRUE(moved);
  EXPECT_EQ((*moved)->public_key(), before);
  in_use = true;
  EXPECT_TRUE(open("b.example"));
  EXPECT_FALSE(open());
}

TEST_F(InstanceIdentityTest, RefusesADomainOrNameThatPeersWouldRefuse) {
  EXPECT_EQ(open("A.example").error().code, ErrorCode::bad_request);
  EXPECT_EQ(open("a.example:443").error().code, ErrorCode::bad_request);
  EXPECT_EQ(open("a.example", std::string(201, 'x')).error().code, ErrorCode::bad_request);
}

TEST_F(InstanceIdentityTest, ShowsItsNewNameAtOnce) {
  const auto own = std::move(*open());
  const auto before = own->discovery_document();
  EXPECT_EQ(own->rename(std::string(201, 'x')).error().code, ErrorCode::bad_request);
  EXPECT_EQ(own->rename("\xFF").error().code, ErrorCode::bad_request);
  EXPECT_EQ(own->discovery_document(), before);

  ASSERT_TRUE(own->rename("The house"));
  EXPECT_EQ(own->name(), "The house");
  const auto document = wire::DiscoveryDocument::parse(own->discovery_document());
  ASSERT_TRUE(document) << document.error().detail;
  EXPECT_EQ(document->name, "The house");
  EXPECT_EQ(document->domain.text(), "a.example:8471");
  EXPECT_EQ(document->instance_key, own->public_key());
}

TEST_F(InstanceIdentityTest, ReplacesItsKeyWithStatementsThatLeadThere) {
  EXPECT_EQ(replace_instance_key(*database, *vault, clock, random).error().code, ErrorCode::wrong_state);
  const auto first = (*open())->public_key();
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(replace_instance_key(*database, *vault, clock, random));
  EXPECT_EQ(replace_instance_key(*database, *vault, clock, random).error().code, ErrorCode::conflict);
  const auto own = std::move(*open());
  EXPECT_NE(own->public_key(), first);
  EXPECT_EQ(own->key_statements().size(), 16U);
  const auto domain = *Domain::parse(own->domain());
  EXPECT_EQ(judge_succession({domain, 0, first}, own->key_statements(), own->public_key()).succession,
            Succession::succeeded);
  EXPECT_TRUE(wire::DiscoveryDocument::parse(own->discovery_document()));
}

TEST_F(InstanceIdentityTest, DropsStatementsOfADomainNobodyKnew) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(replace_instance_key(*database, *vault, clock, random));
  const auto moved = open("b.example");
  ASSERT_TRUE(moved);
  EXPECT_TRUE((*moved)->key_statements().empty());
  EXPECT_TRUE(wire::DiscoveryDocument::parse((*moved)->discovery_document()));
}

}  // namespace
}  // namespace kith::federation
