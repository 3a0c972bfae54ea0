// Permanent keys of a connection are replaced in place, whatever gets lost on the way.

#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "federation/service/rotation_message.hpp"
#include "tests/scenario/handshake_fixture.hpp"

namespace kith::test {
namespace {

class KeyRotation : public TwoInstances {
 protected:
  void SetUp() override { establish(); }
  federation::ConnectionRecord at_a() { return a.connections().find(a.only().id).value().value(); }
  federation::ConnectionRecord at_b() { return b.connections().find(b.only().id).value().value(); }
  std::string stored_message() {
    std::string body;
    EXPECT_TRUE(a.database().read([&](storage::Reader& reader) {
      return reader.query("SELECT request FROM handshake_steps WHERE step = 'rotate'", {},
                          [&](const storage::Row& row) {
                            body = row.text(0);
                            return false;
                          });
    }));
    return body;
  }
};

TEST_F(KeyRotation, PeerHasTheNewKeysAndTheOldEndWithTheFirstAuth) {
  ASSERT_TRUE(a.handshakes().rotate(alice, a.only().id));
  EXPECT_EQ(at_a().own_epoch, 0u);
  settle({&a, &b});
  EXPECT_EQ(at_a().own_epoch, 1u);
  EXPECT_EQ(at_b().peer_epoch, 1u);
  EXPECT_TRUE(a.connections().own_keys(at_a().id, 0));
  EXPECT_TRUE(b.connections().peer_keys(at_b().id, 0));
  ASSERT_TRUE(a.connections().own_epoch_used(at_a().id, 1));
  ASSERT_TRUE(b.connections().peer_epoch_used(at_b().id, 1));
  EXPECT_FALSE(a.connections().own_keys(at_a().id, 0));
  EXPECT_FALSE(b.connections().peer_keys(at_b().id, 0));
  expect_established();
}

TEST_F(KeyRotation, LostRequestsAndAnswersAndRestartsDontLoseIt) {
  a.link = FederationNode::Link::lose_request;
  ASSERT_TRUE(a.handshakes().rotate(alice, a.only().id));
  settle({&a, &b});
  EXPECT_EQ(at_b().peer_epoch, 0u);
  a.restart();
  a.link = FederationNode::Link::lose_answer;
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return at_b().peer_epoch == 1; }));
  EXPECT_EQ(at_a().own_epoch, 0u);
  b.restart();
  a.restart();
  a.link = FederationNode::Link::fine;
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return at_a().own_epoch == 1; }));
  EXPECT_EQ(at_b().peer_epoch, 1u);
  expect_established();
}

// The answer never comes, but the peer seals to the new key: that tells as much.
TEST_F(KeyRotation, UseOfTheNewKeyCountsAsTheAnswer) {
  a.link = FederationNode::Link::lose_answer;
  ASSERT_TRUE(a.handshakes().rotate(alice, a.only().id));
  settle({&a, &b});
  ASSERT_TRUE(a.connections().own_epoch_used(at_a().id, 1));
  EXPECT_EQ(at_a().own_epoch, 1u);
  EXPECT_TRUE(settle_until(clock, {&a, &b}, [&] { return a.count("outbox") == 0; }));
  expect_established();
}

TEST_F(KeyRotation, SecondOneWaitsForTheFirst) {
  a.link = FederationNode::Link::lose_request;
  ASSERT_TRUE(a.handshakes().rotate(alice, a.only().id));
  EXPECT_EQ(a.handshakes().rotate(alice, a.only().id).error().code, core::ErrorCode::wrong_state);
}

TEST_F(KeyRotation, BothSidesMayRotateAtOnce) {
  ASSERT_TRUE(a.handshakes().rotate(alice, a.only().id));
  ASSERT_TRUE(b.handshakes().rotate(bob, b.only().id));
  settle({&a, &b});
  EXPECT_EQ(at_a().own_epoch, 1u);
  EXPECT_EQ(at_a().peer_epoch, 1u);
  expect_established();
}

TEST_F(KeyRotation, ChangedOrReplayedMessageChangesNothing) {
  a.link = FederationNode::Link::lose_request;
  ASSERT_TRUE(a.handshakes().rotate(alice, a.only().id));
  const auto message = stored_message();
  const auto id = at_b().id;
  const auto before = b.dump();
  const auto json = nlohmann::json::parse(message);
  for (const auto& [name, value] : json.items()) {
    if (name == "event_id") continue;  // not signed: names the event only
    auto other = json;
    if (value.is_string()) {
      auto text = value.get<std::string>();
      text[3] = text[3] == 'a' ? 'b' : 'a';
      other[name] = text;
    } else {
      other[name] = value.get<int>() + 1;
    }
    EXPECT_FALSE(b.handshakes().on_rotate(id, other.dump())) << name;
    other.erase(name);
    EXPECT_FALSE(b.handshakes().on_rotate(id, other.dump())) << name;
  }
  EXPECT_FALSE(a.handshakes().on_rotate(at_a().id, message)) << "reflected";
  EXPECT_EQ(b.dump(), before);
  ASSERT_TRUE(b.handshakes().on_rotate(id, message));
  const auto after = b.dump();
  EXPECT_TRUE(b.handshakes().on_rotate(id, message));
  auto again = json;
  again["event_id"] = "01arz3ndektsv4rrffq69g5fav";
  EXPECT_EQ(b.handshakes().on_rotate(id, again.dump()).error().code, core::ErrorCode::conflict);
  EXPECT_EQ(b.dump(), after);
}

}  // namespace
}  // namespace kith::test
