#include "core/json.hpp"
#include "federation/fingerprint.hpp"
#include "federation/net/instance_directory.hpp"
#include "federation/wire/discovery.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_peer_network.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using test::FakeAnswer;
using test::FakeArrival;

const std::string kPeer = "b.example:8471";
constexpr TlsFacts kSelfSigned{true, false, {}};
constexpr TlsFacts kWebAuthority{true, true, {}};

Expected<bool> unused(storage::Reader&) {
  return false;
}

struct InstanceDirectoryTest : testing::Test {
  test::TempDir folder;
  test::FakeClock clock;
  test::SeededRandom random;
  std::unique_ptr<storage::Database> database = std::move(*storage::Database::open(folder / "kith.db"));
  std::unique_ptr<storage::KeyVault> vault =
      std::move(*storage::KeyVault::open(*database, storage::MasterKey{}, random));
  std::unique_ptr<InstanceIdentity> own =
      std::move(*InstanceIdentity::open(*database, *vault, clock, random, {"a.example", "A", "kith"}, unused));
  test::FakePeerNetwork network;
  std::unique_ptr<PeerTransport> transport = network.transport_of("a.example");
  PeerDoor door{*transport, *database, clock, PeerDoorOptions{.allow_http = true}, core::Logger::none()};
  std::vector<std::string> alerts;
  InstanceDirectory directory{
      door, *database, *own, clock, core::Logger::none(), [this](std::string_view, std::string_view text) {
        alerts.emplace_back(text);
      }};

  Domain domain = *Domain::parse(kPeer);
  core::SigningKey first = core::SigningKey::generate(random);
  core::SigningKey second = core::SigningKey::generate(random);
  core::SigningKey third = core::SigningKey::generate(random);

  void serve(const std::string& body, std::optional<TlsFacts> tls) {
    network.attach(kPeer, {[body](const FakeArrival&) { return FakeAnswer{200, {}, body, {}}; }, tls});
  }
  void serve(const core::SigningKey& key, std::optional<TlsFacts> tls, std::vector<KeyStatement> chain = {}) {
    serve(wire::DiscoveryDocument{domain, key.public_key(), "B", "kith", std::move(chain)}.serialise(), tls);
  }
  ErrorCode discover_refusal() {
    const auto found = directory.discover(kPeer);
    return found ? ErrorCode::count_ : found.error().code;
  }
  KnownInstance row() { return *directory.find(kPeer).value(); }
  KeyStatement statement(std::uint64_t number, const core::SigningKey& from, const core::SigningKey& to) {
    return make_key_statement(domain, number, from, to, clock.now());
  }
};

TEST_F(InstanceDirectoryTest, PinsByDiscoveryOverWebAuthorityHttps) {
  serve(first, kWebAuthority);
  const auto found = directory.discover(kPeer);
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_TRUE(found->over_https);
  EXPECT_TRUE(found->web_authority);
  EXPECT_EQ(found->instance.pin, PinKind::web_authority);
  EXPECT_EQ(found->instance.key, first.public_key());
  EXPECT_EQ(row().name, "B");
  EXPECT_TRUE(row().https_only);
}

TEST_F(InstanceDirectoryTest, KeepsAnyOtherKeyAsProvisionalAndReplacesIt) {
  for (const auto& tls : {std::optional<TlsFacts>(), std::optional(kSelfSigned)}) {
    serve(first, tls);
    while (!directory.discover(kPeer)) {  // the door finds the other scheme at the second try
    }
    EXPECT_EQ(row().pin, PinKind::provisional);
    serve(second, tls);
    ASSERT_TRUE(directory.discover(kPeer));
    EXPECT_EQ(row().key, second.public_key());
    EXPECT_EQ(row().pin, PinKind::provisional);
  }
  EXPECT_TRUE(directory.present_key(kPeer, third.public_key(), {}));
  EXPECT_EQ(row().key, third.public_key());
  EXPECT_TRUE(alerts.empty());
  serve(first, kWebAuthority);
  ASSERT_TRUE(directory.discover(kPeer));
  EXPECT_EQ(row().pin, PinKind::web_authority);
  EXPECT_EQ(row().key, first.public_key());
}

TEST_F(InstanceDirectoryTest, RefusesAnotherKeyThanThePinnedOneAndRaisesAnAlert) {
  serve(first, kWebAuthority);
  ASSERT_TRUE(directory.discover(kPeer));
  serve(second, kWebAuthority);
  EXPECT_EQ(discover_refusal(), ErrorCode::key_mismatch);
  EXPECT_EQ(directory.present_key(kPeer, second.public_key(), {}).error().code, ErrorCode::key_mismatch);
  EXPECT_EQ(row().key, first.public_key());
  EXPECT_EQ(row().pin, PinKind::web_authority);
  EXPECT_EQ(row().offered_key, second.public_key());
  EXPECT_TRUE(row().alert);
  EXPECT_EQ(alerts.size(), 1U) << "once a key, not at every attempt";
  EXPECT_EQ(directory.present_key(kPeer, third.public_key(), {}).error().code, ErrorCode::key_mismatch);
  EXPECT_EQ(row().offered_key, second.public_key()) << "what discovery showed stays on offer";
  EXPECT_TRUE(directory.present_key(kPeer, first.public_key(), {})) << "the pinned key goes on";
}

TEST_F(InstanceDirectoryTest, RaisesAtMostOneAlertADomainAndHour) {
  serve(first, kWebAuthority);
  ASSERT_TRUE(directory.discover(kPeer));
  for (int i = 0; i < 5; ++i) {
    for (const auto* key : {&second, &third}) {
      serve(*key, kWebAuthority);
      EXPECT_EQ(discover_refusal(), ErrorCode::key_mismatch);
      EXPECT_EQ(row().offered_key, key->public_key());
      EXPECT_THAT(*row().alert, testing::HasSubstr(Fingerprint::of(key->public_key()).grouped()));
      EXPECT_EQ(directory.present_key(kPeer, second.public_key(), {}).error().code, ErrorCode::key_mismatch);
    }
  }
  EXPECT_EQ(alerts.size(), 1U);
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(directory.present_key(kPeer, second.public_key(), {}).error().code, ErrorCode::key_mismatch);
  EXPECT_EQ(directory.present_key(kPeer, second.public_key(), {}).error().code, ErrorCode::key_mismatch);
  EXPECT_EQ(alerts.size(), 2U);
}

TEST_F(InstanceDirectoryTest, FollowsAChainOfStatements) {
  serve(first, kWebAuthority);
  ASSERT_TRUE(directory.discover(kPeer));
  const std::vector chain{statement(1, first, second), statement(2, second, third)};
  ASSERT_TRUE(directory.present_key(kPeer, third.public_key(), chain));
  EXPECT_EQ(row().key, third.public_key());
  EXPECT_EQ(row().key_number, 2U);
  EXPECT_EQ(row().pin, PinKind::web_authority);
  EXPECT_TRUE(alerts.empty());
  EXPECT_EQ(directory.present_key(kPeer, first.public_key(), {}).error().code, ErrorCode::key_mismatch)
      << "the old key is no more";
}

TEST_F(InstanceDirectoryTest, FollowsNoChainThatDoesNotHold) {
  serve(first, kWebAuthority);
  ASSERT_TRUE(directory.discover(kPeer));
  auto forged = statement(1, first, second);
  forged.old_signature.data[5] ^= 1;
  const std::vector broken{forged};
  EXPECT_EQ(directory.present_key(kPeer, second.public_key(), broken).error().code, ErrorCode::key_mismatch);
  const std::vector elsewhere{statement(1, third, second)};
  EXPECT_EQ(directory.present_key(kPeer, second.public_key(), elsewhere).error().code, ErrorCode::key_mismatch);
  EXPECT_EQ(row().key, first.public_key());
  EXPECT_FALSE(alerts.empty());
}

TEST_F(InstanceDirectoryTest, RaisesAnAlertForADocumentWithBrokenStatements) {
  serve(first, kWebAuthority);
  ASSERT_TRUE(directory.discover(kPeer));
  auto forged = statement(1, first, second);
  forged.old_signature.data[5] ^= 1;
  serve(second, kWebAuthority, {forged});
  EXPECT_EQ(discover_refusal(), ErrorCode::key_mismatch);
  EXPECT_EQ(discover_refusal(), ErrorCode::key_mismatch);
  EXPECT_EQ(alerts.size(), 1U);
  EXPECT_EQ(row().key, first.public_key());
}

TEST_F(InstanceDirectoryTest, TheFirstSuccessorStandsAndAForkRaisesAnAlert) {
  serve(first, kWebAuthority);
  ASSERT_TRUE(directory.discover(kPeer));
  const std::vector real{statement(1, first, second)};
  ASSERT_TRUE(directory.present_key(kPeer, second.public_key(), real));
  const std::vector fork{statement(1, first, third)};
  EXPECT_EQ(directory.present_key(kPeer, third.public_key(), fork).error().code, ErrorCode::key_mismatch);
  EXPECT_EQ(row().key, second.public_key());
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_THAT(alerts[0], testing::HasSubstr("two successors"));
}

TEST_F(InstanceDirectoryTest, AForkIsRefusedAlsoWhenThePinnedKeyIsShown) {
  serve(first, kWebAuthority);
  ASSERT_TRUE(directory.discover(kPeer));
  const std::vector real{statement(1, first, second)};
  ASSERT_TRUE(directory.present_key(kPeer, second.public_key(), real));
  // The pinned key is second under number 1; here third is number 1, and second comes after it.
  const std::vector fork{statement(1, first, third), statement(2, third, second)};
  EXPECT_EQ(directory.present_key(kPeer, second.public_key(), fork).error().code, ErrorCode::key_mismatch);
  EXPECT_EQ(row().key, second.public_key());
  EXPECT_FALSE(row().offered_key) << "there is no other key to accept";
  EXPECT_EQ(alerts.size(), 1U);
  EXPECT_TRUE(directory.present_key(kPeer, second.public_key(), real));
}

TEST_F(InstanceDirectoryTest, AnAdminPinsTheKeyThatWasRefused) {
  serve(first, kWebAuthority);
  ASSERT_TRUE(directory.discover(kPeer));
  serve(second, kWebAuthority);
  EXPECT_EQ(discover_refusal(), ErrorCode::key_mismatch);
  const auto wrong = Fingerprint::of(first.public_key()).grouped();
  EXPECT_EQ(directory.accept_key(kPeer, wrong).error().code, ErrorCode::fingerprint_mismatch);
  EXPECT_EQ(row().key, first.public_key());
  EXPECT_EQ(directory.present_key(kPeer, third.public_key(), {}).error().code, ErrorCode::key_mismatch);
  const auto blind = directory.accept_key(kPeer, std::nullopt);
  ASSERT_FALSE(blind) << "anybody may have offered it";
  EXPECT_EQ(blind.error().code, ErrorCode::bad_request);
  EXPECT_THAT(blind.error().detail, testing::HasSubstr(Fingerprint::of(second.public_key()).grouped()));
  ASSERT_TRUE(directory.accept_key(kPeer, Fingerprint::of(second.public_key()).grouped()));
  EXPECT_EQ(row().key, second.public_key());
  EXPECT_EQ(row().pin, PinKind::admin);
  EXPECT_FALSE(row().alert);
  EXPECT_TRUE(directory.discover(kPeer));
  EXPECT_EQ(row().pin, PinKind::admin);
}

TEST_F(InstanceDirectoryTest, AnAcceptedKeyTakesItsNumberFromTheStatementsThatNameIt) {
  ASSERT_TRUE(directory.present_key(kPeer, second.public_key(), {}));
  ASSERT_TRUE(directory.accept_key(kPeer, std::nullopt));
  const std::vector chain{statement(1, first, second), statement(2, second, third)};
  ASSERT_TRUE(directory.present_key(kPeer, third.public_key(), chain));
  EXPECT_EQ(row().key_number, 2U);
  EXPECT_TRUE(alerts.empty());
}

TEST_F(InstanceDirectoryTest, AnAdminCanAcceptOnlyWhatWasSeen) {
  EXPECT_EQ(directory.accept_key(kPeer, std::nullopt).error().code, ErrorCode::not_found);
  ASSERT_TRUE(directory.block(kPeer));
  EXPECT_EQ(directory.accept_key(kPeer, std::nullopt).error().code, ErrorCode::wrong_state);
}

TEST_F(InstanceDirectoryTest, BlockingStopsBothWays) {
  serve(first, kSelfSigned);
  ASSERT_TRUE(directory.discover(kPeer));
  ASSERT_TRUE(directory.block(kPeer));
  EXPECT_EQ(discover_refusal(), ErrorCode::peer_blocked);
  EXPECT_EQ(directory.present_key(kPeer, first.public_key(), {}).error().code, ErrorCode::peer_blocked);
  EXPECT_EQ(directory.require_not_blocked(kPeer).error().code, ErrorCode::peer_blocked);
  ASSERT_TRUE(directory.unblock(kPeer));
  EXPECT_TRUE(directory.require_not_blocked(kPeer));
  EXPECT_TRUE(directory.discover(kPeer));
}

TEST_F(InstanceDirectoryTest, RefusesItselfInAnyDisguise) {
  EXPECT_EQ(directory.discover("a.example").error().code, ErrorCode::conflict);
  EXPECT_EQ(directory.present_key(kPeer, own->public_key(), {}).error().code, ErrorCode::conflict);
  EXPECT_EQ(directory.block("a.example").error().code, ErrorCode::conflict);
  EXPECT_FALSE(*directory.find(kPeer));
}

TEST_F(InstanceDirectoryTest, RefusesUnsoundKeysAndForeignDocuments) {
  EXPECT_EQ(directory.present_key(kPeer, core::VerifyKey{}, {}).error().code, ErrorCode::key_mismatch);
  serve("not json", kSelfSigned);
  EXPECT_EQ(discover_refusal(), ErrorCode::peer_error);
  serve(wire::DiscoveryDocument{*Domain::parse("c.example"), first.public_key(), "", "", {}}.serialise(),
        kWebAuthority);
  EXPECT_EQ(discover_refusal(), ErrorCode::peer_error);
  network.attach(kPeer, {[](const FakeArrival&) { return FakeAnswer{404, {}, "", {}}; }, kSelfSigned});
  EXPECT_EQ(discover_refusal(), ErrorCode::peer_error);
  EXPECT_NE(row().pin, PinKind::web_authority);
}

TEST_F(InstanceDirectoryTest, SweepsTheStrangerSeenLongestAgoAndNobodyElse) {
  ASSERT_TRUE(directory.present_key("used.example", first.public_key(), {}));
  ASSERT_TRUE(directory.set_in_use("used.example", true));
  ASSERT_TRUE(directory.block("blocked.example"));
  ASSERT_TRUE(directory.present_key("pinned.example", first.public_key(), {}));
  ASSERT_TRUE(directory.accept_key("pinned.example", std::nullopt));
  for (std::size_t i = 0; i <= net_limits::kStrangers; ++i) {
    clock.advance(std::chrono::milliseconds(1));
    ASSERT_TRUE(directory.present_key("s" + std::to_string(i) + ".example", first.public_key(), {}));
  }
  EXPECT_FALSE(*directory.find("s0.example"));
  EXPECT_TRUE(*directory.find("s1.example"));
  EXPECT_TRUE(*directory.find("used.example"));
  EXPECT_TRUE(*directory.find("blocked.example"));
  EXPECT_TRUE(*directory.find("pinned.example"));
}

TEST_F(InstanceDirectoryTest, ListsInPages) {
  for (const auto* name : {"c.example", "b.example", "d.example"}) {
    ASSERT_TRUE(directory.present_key(name, first.public_key(), {}));
  }
  const auto page = directory.list("", 2);
  ASSERT_EQ(page->size(), 2U);
  EXPECT_EQ(page->at(0).domain, "b.example");
  EXPECT_EQ(directory.list(page->at(1).domain, 2)->at(0).domain, "d.example");
}

TEST_F(InstanceDirectoryTest, SurvivesARestart) {
  serve(first, kWebAuthority);
  ASSERT_TRUE(directory.discover(kPeer));
  PeerDoor other_door(*transport, *database, clock, {}, core::Logger::none());
  InstanceDirectory after(other_door, *database, *own, clock, core::Logger::none());
  EXPECT_EQ(after.present_key(kPeer, second.public_key(), {}).error().code, ErrorCode::key_mismatch);
}

}  // namespace
}  // namespace kith::federation
