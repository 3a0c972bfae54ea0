// How two people come to trust each other: approved, rejected, expired, revoked, by push and by poll.

#include "tests/scenario/handshake_fixture.hpp"

namespace kith::test {
namespace {

using std::chrono::hours;

class HandshakeStory : public TwoInstances {};

TEST_F(HandshakeStory, ApprovedRequestBecomesAConnectionWithTheSameWordsOnBothSides) {
  const auto started = a.ask(alice, "bob@b.example");
  EXPECT_EQ(started.state, ConnectionState::pending_out);
  settle({&a, &b});
  const auto asked = b.only();
  EXPECT_EQ(asked.state, ConnectionState::pending_in);
  EXPECT_EQ(asked.peer_address, "alice@a.example");
  EXPECT_EQ(asked.purpose, "holiday photos");
  EXPECT_EQ(asked.fingerprint, a.identity().fingerprint());
  EXPECT_TRUE(asked.words.empty());

  ASSERT_TRUE(b.handshakes().approve(bob, asked.id, asked.fingerprint));
  settle({&a, &b});
  const auto at_a = a.only();
  const auto at_b = b.only();
  EXPECT_EQ(at_a.id, started.id);
  EXPECT_EQ(at_a.state, ConnectionState::established);
  EXPECT_EQ(at_b.state, ConnectionState::established);
  EXPECT_EQ(at_a.words.size(), 6u);
  EXPECT_EQ(at_a.words, at_b.words);
  EXPECT_FALSE(at_a.verified);

  const auto record_a = a.connections().find(at_a.id).value().value();
  const auto record_b = b.connections().find_by_wire_id(record_a.wire_id).value().value();
  EXPECT_TRUE(record_a.active && record_b.active);
  const auto own_a = a.connections().own_keys(record_a.id, 0).value();
  const auto seen_at_b = b.connections().peer_keys(record_b.id, 0).value();
  EXPECT_EQ(own_a.sign.public_key(), seen_at_b.sign);
  EXPECT_EQ(own_a.box.public_key, seen_at_b.box);
  EXPECT_EQ(a.count("handshake_secrets"), 0);
  EXPECT_EQ(b.count("handshake_secrets"), 0);
  EXPECT_EQ(a.count("users WHERE is_local = 0 AND handle = 'bob' AND domain = 'b.example'"), 1);

  ASSERT_TRUE(a.handshakes().confirm_words(alice, at_a.id, true));
  EXPECT_TRUE(a.only().verified);
  EXPECT_FALSE(b.only().verified);
}

TEST_F(HandshakeStory, NothingLeavesTheResponderBeforeApproval) {
  a.ask(alice, "bob@b.example");
  settle({&a, &b});
  for (int day = 0; day < 13; ++day) {
    clock.advance(hours{24});
    settle({&a, &b});
  }
  for (const auto& exchange : network.captured()) EXPECT_EQ(exchange.arrival.from, "a.example");
  EXPECT_EQ(b.only().state, ConnectionState::pending_in);
}

TEST_F(HandshakeStory, RejectedRequestEndsOnBothSides) {
  a.ask(alice, "bob@b.example");
  settle({&a, &b});
  ASSERT_TRUE(b.handshakes().reject(bob, b.only().id));
  EXPECT_EQ(b.only().state, ConnectionState::rejected);
  settle({&a, &b});
  EXPECT_EQ(a.only().state, ConnectionState::rejected);
  EXPECT_EQ(a.count("handshake_secrets") + b.count("handshake_secrets"), 0);
  EXPECT_EQ(a.count("connection_keys") + b.count("connection_keys"), 0);
  EXPECT_EQ(b.count("outbox"), 0);
}

TEST_F(HandshakeStory, UnansweredRequestExpiresAfterFourteenDaysAndIsForgottenAfterTheTombstone) {
  a.ask(alice, "bob@b.example");
  settle({&a, &b});
  clock.advance(hours{14 * 24} - std::chrono::minutes{1});
  settle({&a, &b});
  EXPECT_EQ(b.only().state, ConnectionState::pending_in);
  clock.advance(std::chrono::minutes{2});
  settle({&a, &b});
  EXPECT_EQ(a.only().state, ConnectionState::failed);
  EXPECT_EQ(a.only().reason, "expired");
  EXPECT_EQ(b.only().reason, "expired");
  EXPECT_EQ(b.count("handshake_secrets"), 0);
  EXPECT_FALSE(b.handshakes().approve(bob, b.only().id, b.only().fingerprint));
  clock.advance(hours{15 * 24 + 1});
  settle({&a, &b});
  EXPECT_TRUE(a.list().empty());
  EXPECT_TRUE(b.list().empty());
}

TEST_F(HandshakeStory, ApprovingWithAnotherFingerprintChangesNothing) {
  a.ask(alice, "bob@b.example");
  settle({&a, &b});
  const auto before = b.dump();
  const auto refused = b.handshakes().approve(bob, b.only().id, b.identity().fingerprint());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::ErrorCode::fingerprint_mismatch);
  EXPECT_EQ(b.handshakes().approve(bob, b.only().id, "").error().code, core::ErrorCode::fingerprint_mismatch);
  EXPECT_EQ(b.dump(), before);
  EXPECT_EQ(b.count("outbox"), 0);
}

TEST_F(HandshakeStory, OnlyThePersonAskedOrAnAdminMayDecide) {
  const auto carol = b.add_user("carol");
  a.ask(alice, "bob@b.example");
  settle({&a, &b});
  const auto asked = b.only();
  EXPECT_EQ(b.handshakes().approve(carol, asked.id, asked.fingerprint).error().code, core::ErrorCode::not_found);
  EXPECT_EQ(b.handshakes().reject(carol, asked.id).error().code, core::ErrorCode::not_found);
  EXPECT_EQ(b.connections().view(carol, asked.id).error().code, core::ErrorCode::not_found);
  EXPECT_TRUE(b.handshakes().approve(std::nullopt, asked.id, asked.fingerprint));
}

TEST_F(HandshakeStory, RevokedConnectionEndsAtOnceHereAndThereOnceTold) {
  establish();
  b.link = FederationNode::Link::lose_request;
  ASSERT_TRUE(b.handshakes().revoke(bob, b.only().id));
  const auto record = b.connections().find(b.only().id).value().value();
  EXPECT_FALSE(record.active);
  EXPECT_TRUE(record.ending);
  settle({&a, &b});
  EXPECT_EQ(a.only().state, ConnectionState::established);
  b.link = FederationNode::Link::fine;
  EXPECT_TRUE(settle_until(clock, {&a, &b}, [&] { return a.only().state == ConnectionState::revoked; }));
  EXPECT_FALSE(a.connections().find_active(alice, federation::Address::parse("bob@b.example").value()).value());
  settle({&a, &b});
  EXPECT_EQ(a.count("connection_keys") + b.count("connection_keys"), 0);
}

TEST_F(HandshakeStory, RevocationWhoseAnswerWasLostIsToldAgainAndThenDone) {
  establish();
  b.link = FederationNode::Link::lose_answer;
  ASSERT_TRUE(b.handshakes().revoke(bob, b.only().id));
  settle({&a, &b});
  EXPECT_EQ(a.only().state, ConnectionState::revoked);
  EXPECT_EQ(b.count("outbox"), 1);
  EXPECT_TRUE(settle_until(clock, {&a, &b}, [&] { return b.count("outbox") == 0; }));
  EXPECT_EQ(b.count("connection_keys"), 0);
}

TEST_F(HandshakeStory, WordsThatDifferRevokeAtOnce) {
  establish();
  ASSERT_TRUE(a.handshakes().confirm_words(alice, a.only().id, false));
  EXPECT_EQ(a.only().state, ConnectionState::revoked);
  settle({&a, &b});
  EXPECT_EQ(b.only().state, ConnectionState::revoked);
  EXPECT_FALSE(a.events().alerts.empty());
}

TEST_F(HandshakeStory, NewConnectionReplacesTheOlderOneOfTheSamePair) {
  establish();
  const auto first = a.connections().find(a.only().id).value().value();
  a.ask(alice, "bob@b.example");
  settle({&a, &b});
  for (const auto& view : b.list()) {
    if (view.state == ConnectionState::pending_in) {
      ASSERT_TRUE(b.handshakes().approve(bob, view.id, view.fingerprint));
    }
  }
  settle({&a, &b});
  EXPECT_EQ(a.only().state, ConnectionState::established);
  EXPECT_EQ(b.only().state, ConnectionState::established);
  EXPECT_FALSE(a.connections().find_by_wire_id(first.wire_id).value()->active);
  EXPECT_FALSE(b.connections().find_by_wire_id(first.wire_id).value()->active);
  EXPECT_EQ(a.connections().view(alice, first.id).value().id, a.only().id);
}

TEST_F(HandshakeStory, UnreachableInitiatorGetsTheDecisionByPolling) {
  FederationNode c{network, clock, {.domain = "c.example", .seed = 3, .delivery = "poll"}};
  c.know(b);
  const auto carol = c.add_user("carol");
  network.lose(
      FakePeerNetwork::Loss::refuse, [](const FakeArrival& arrival) { return arrival.to == "c.example"; },
      FakePeerNetwork::kAlways);
  c.ask(carol, "bob@b.example");
  settle({&c, &b});
  const auto asked = b.only();
  EXPECT_EQ(asked.peer_delivery, "poll");
  ASSERT_TRUE(b.handshakes().approve(bob, asked.id, asked.fingerprint));
  ASSERT_TRUE(settle_until(clock, {&c, &b}, [&] { return b.only().state == ConnectionState::established; }));
  settle({&c, &b});
  EXPECT_EQ(c.only().state, ConnectionState::established);
  EXPECT_EQ(c.only().words, b.only().words);
  EXPECT_TRUE(b.connections().find(b.only().id).value()->peer_polls);
  for (const auto& exchange : network.captured()) {
    if (exchange.arrival.to != "c.example") continue;
    EXPECT_EQ(exchange.arrival.target, "/.well-known/kith");
  }
}

TEST_F(HandshakeStory, PolledRejectionEndsBothSides) {
  FederationNode c{network, clock, {.domain = "c.example", .seed = 3, .delivery = "poll"}};
  const auto carol = c.add_user("carol");
  c.ask(carol, "bob@b.example");
  settle({&c, &b});
  ASSERT_TRUE(b.handshakes().reject(bob, b.only().id));
  ASSERT_TRUE(settle_until(clock, {&c, &b}, [&] { return c.only().state == ConnectionState::rejected; }));
  EXPECT_TRUE(settle_until(clock, {&c, &b}, [&] { return c.count("outbox") + b.count("outbox") == 0; }));
}

}  // namespace
}  // namespace kith::test
