// Which requests to the session part raise an alert: those nobody sends by mistake, and no others.
#include <gtest/gtest.h>

#include "core/encoding.hpp"
#include "federation/protocol_constants.hpp"
#include "federation/session/session_ids.hpp"
#include "federation/session/session_limits.hpp"
#include "federation/signing.hpp"
#include "tests/unit/federation/session_pair.hpp"

namespace kith::federation {
namespace {

using test::FakeArrival;
using test::SessionPair;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kSessionHeader = "kith-session";

struct SessionAlerts : testing::Test {
  SessionPair pair;

  void SetUp() override { ASSERT_TRUE(pair.a.remote->list(pair.a.user, pair.b.address(), {})); }
  FakeArrival sent(const std::string& path) {
    for (const auto& exchange : pair.world.network.captured()) {
      if (exchange.arrival.target == path) return exchange.arrival;
    }
    ADD_FAILURE() << "nothing was sent to " << path;
    return {};
  }
  static void put(FakeArrival& arrival, std::string_view header, const std::string& value) {
    for (auto& [name, text] : arrival.headers) {
      if (core::equal_ignoring_case(name, header)) text = value;
    }
  }
  const std::vector<std::string>& raised() { return pair.b.alerts.raised; }
};

TEST_F(SessionAlerts, HonestOnesRaiseNone) {
  EXPECT_THAT(raised(), IsEmpty());
}

TEST_F(SessionAlerts, AnAuthRequestWithAWrongSignature) {
  auto auth = sent("/api/auth");
  put(auth, kSignatureHeader, core::to_base64url(core::Bytes(64)));
  EXPECT_EQ(pair.world.network.replay(auth).status, 403);
  EXPECT_THAT(raised(), ElementsAre(HasSubstr("invalid_internal_token 192.0.2.9: ")));
}

TEST_F(SessionAlerts, ReplaysAndLateOnesAreNone) {
  const auto auth = sent("/api/auth");
  EXPECT_EQ(pair.world.network.replay(auth).status, 409);
  EXPECT_EQ(pair.world.network.replay(sent("/api/private/v1/sealed")).status, 409);
  pair.world.clock.advance(std::chrono::hours(3));
  EXPECT_EQ(pair.world.network.replay(auth).status, 400);
  EXPECT_EQ(pair.world.network.replay(sent("/api/private/v1/sealed")).status, 401) << "the session has run out";
  EXPECT_THAT(raised(), IsEmpty());
}

TEST_F(SessionAlerts, ASealedRequestThatDoesNotOpen) {
  auto sealed = sent("/api/private/v1/sealed");
  sealed.body[0] = static_cast<char>(sealed.body[0] ^ 1);
  EXPECT_EQ(pair.world.network.replay(sealed).status, 401);
  EXPECT_THAT(raised(), ElementsAre(HasSubstr("not made with the keys of its session")));
}

TEST_F(SessionAlerts, ASessionThatARestartEndedIsNoneAndAForgedOneIs) {
  auto sealed = sent("/api/private/v1/sealed");
  pair.b.restart();
  EXPECT_EQ(pair.world.network.replay(sealed).status, 401);
  EXPECT_THAT(raised(), IsEmpty());
  put(sealed, kSessionHeader, core::to_base64url(core::Bytes(16)));
  EXPECT_EQ(pair.world.network.replay(sealed).status, 401);
  EXPECT_THAT(raised(), ElementsAre(HasSubstr("never opened")));
}

TEST_F(SessionAlerts, OnlyWhatLooksLikeATokenIsCalledForged) {
  auto sealed = sent("/api/private/v1/sealed");
  put(sealed, kSessionHeader, "none");
  EXPECT_EQ(pair.world.network.replay(sealed).status, 400);
  EXPECT_THAT(raised(), SizeIs(1));
  sealed.headers = {{"authorization", "Bearer forged"}};
  EXPECT_EQ(pair.world.network.replay(sealed).status, 400);
  EXPECT_THAT(raised(), SizeIs(2));
  sealed.headers.clear();
  EXPECT_EQ(pair.world.network.replay(sealed).status, 400);
  EXPECT_THAT(raised(), SizeIs(2)) << "a scanner that knows nothing of sessions";
}

TEST(SessionIds, AreOfTheKeyThatMadeThemAndNoOther) {
  test::SeededRandom random{1};
  const auto key = session_mark_key(core::SigningKey::generate(random));
  const auto other = session_mark_key(core::SigningKey::generate(random));
  const auto id = make_session_id(random, key);
  EXPECT_TRUE(is_session_id_of(key, id));
  EXPECT_FALSE(is_session_id_of(other, id));
  EXPECT_NE(make_session_id(random, key), id);
  for (std::size_t bit = 0; bit < SessionId::kSize * 8; ++bit) {
    auto changed = id;
    changed.data[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    EXPECT_FALSE(is_session_id_of(key, changed)) << bit;
  }
}

}  // namespace
}  // namespace kith::federation
