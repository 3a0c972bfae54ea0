// What strangers can do and learn: unknown users, limits, invites, keys that changed.

#include <nlohmann/json.hpp>

#include "federation/initiator.hpp"
#include "federation/invite_link.hpp"
#include "federation/limits.hpp"
#include "tests/scenario/handshake_fixture.hpp"

namespace kith::test {
namespace {

using federation::Address;
using federation::Step;

class HandshakeStrangers : public TwoInstances {
 protected:
  // An init of an instance that only exists as a key.
  struct Stranger {
    core::SigningKey key;
    std::string domain;
    std::string source;
  };
  Stranger stranger(const std::string& domain, const std::string& source) {
    return {core::SigningKey::generate(random), domain, source};
  }
  federation::initiator::StartedInit init_of(const Stranger& from, const std::string& handle, const std::string& to) {
    return federation::initiator::make_init(from.key,
                                            {.initiator = Address::parse(handle + "@" + from.domain).value(),
                                             .responder = Address::parse(to).value(),
                                             .purpose = "hello",
                                             .timestamp = clock.now(),
                                             .expected_instance = b.identity().public_key(),
                                             .invite = std::nullopt,
                                             .key_statements = {}},
                                            random)
        .value();
  }
  federation::WireAnswer send(const Stranger& from, const std::string& handle, const std::string& to) {
    return deliver(init_of(from, handle, to).request, from.source);
  }
  federation::WireAnswer deliver(const federation::SignedMessage& message, const std::string& source) {
    return b.handshakes().answer(Step::init, {message.body, federation::signature_header(message.signature), source});
  }
  std::int64_t pending() { return b.count("connections WHERE state = 'pending_in'"); }

  SeededRandom random{77};
};

std::vector<std::string> shape(const std::string& body) {
  std::vector<std::string> fields;
  const auto json = nlohmann::json::parse(body);
  for (const auto& [name, value] : json.items()) {
    fields.push_back(name + ":" + value.type_name() +
                     (value.is_string() ? std::to_string(value.get<std::string>().size()) : ""));
  }
  return fields;
}

TEST_F(HandshakeStrangers, UnknownAndDisabledUsersLookLikeKnownOnes) {
  b.add_user("eve");
  b.disable_user("eve");
  const auto from = stranger("c.example", "203.0.113.1");
  const auto known = init_of(from, "carol", "bob@b.example");
  const auto answer_known = deliver(known.request, from.source);
  for (const auto* to : {"zoe@b.example", "eve@b.example"}) {
    const auto other = init_of(from, "carol", to);
    const auto answer = deliver(other.request, from.source);
    EXPECT_EQ(answer.status, answer_known.status);
    EXPECT_EQ(shape(answer.body), shape(answer_known.body));
    EXPECT_EQ(answer.content_type, answer_known.content_type);
    EXPECT_EQ(answer.signature.size(), answer_known.signature.size());
    // Repeated and polled like a real one.
    EXPECT_EQ(deliver(other.request, from.source).body, answer.body);
    const auto poll = [&](const federation::initiator::StartedInit& init) {
      const auto request =
          federation::initiator::make_poll(init.state.parties, from.key, std::chrono::seconds{0}, std::nullopt);
      federation::WireAnswer polled;
      b.handshakes().poll({request.body, federation::signature_header(request.signature), from.source},
                          [&](federation::WireAnswer given) { polled = std::move(given); });
      return polled;
    };
    EXPECT_EQ(poll(other).status, poll(known).status);
    EXPECT_EQ(shape(poll(other).body), shape(poll(known).body));
  }
  EXPECT_EQ(b.list().size(), 1u);
  EXPECT_EQ(pending(), 3);
  clock.advance(std::chrono::hours{24 * 14 + 1});
  settle({&b});
  EXPECT_EQ(pending(), 0);
  EXPECT_EQ(deliver(known.request, from.source).status, 410);
}

TEST_F(HandshakeStrangers, UnknownUsersCountTowardsTheSameLimits) {
  const auto from = stranger("c.example", "203.0.113.1");
  for (std::size_t i = 0; i < federation::kMaxPendingPerInstance; ++i) {
    EXPECT_EQ(send(from, "carol", "nobody" + std::to_string(i) + "@b.example").status, 200);
  }
  EXPECT_EQ(send(from, "carol", "bob@b.example").status, 429);
  EXPECT_EQ(send(from, "carol", "nobody99@b.example").status, 429);
}

TEST_F(HandshakeStrangers, OneNetworkCantTakeMoreThanItsPlaces) {
  for (std::size_t i = 0; i < federation::kMaxPendingPerSource; ++i) {
    const auto from = stranger("c" + std::to_string(i) + ".example", "203.0.113." + std::to_string(i + 1));
    EXPECT_EQ(send(from, "carol", "user" + std::to_string(i) + "@b.example").status, 200);
  }
  EXPECT_EQ(send(stranger("d.example", "203.0.113.250"), "carol", "bob@b.example").status, 429);
  EXPECT_EQ(send(stranger("e.example", "203.0.114.1"), "carol", "bob@b.example").status, 200);
}

TEST_F(HandshakeStrangers, FullResponderLosesTheOldestOfTheBusiestSource) {
  const auto honest = stranger("honest.example", "198.51.100.1");
  const auto first = init_of(honest, "carol", "bob@b.example");
  ASSERT_EQ(deliver(first.request, honest.source).status, 200);
  for (std::size_t i = 1; i < federation::kMaxPendingPerResponder; ++i) {
    clock.advance(std::chrono::milliseconds{1});
    const auto from =
        stranger("c" + std::to_string(i) + ".example", "203.0." + std::to_string(i % 3) + "." + std::to_string(i));
    ASSERT_EQ(send(from, "carol", "bob@b.example").status, 200) << i;
  }
  EXPECT_EQ(send(stranger("late.example", "192.0.2.9"), "carol", "bob@b.example").status, 200);
  EXPECT_EQ(pending(), static_cast<std::int64_t>(federation::kMaxPendingPerResponder));
  EXPECT_EQ(b.count("connections WHERE reason = 'evicted' AND peer_address LIKE '%honest%'"), 0);
  EXPECT_EQ(b.count("connections WHERE reason = 'evicted' AND source LIKE '203.0.%'"), 1);
  EXPECT_EQ(deliver(first.request, honest.source).status, 200);
}

TEST_F(HandshakeStrangers, AskingAnewLeavesABoundedNumberOfRowsAndNothingToSee) {
  const auto from = stranger("c.example", "203.0.113.1");
  int taken = 0;
  for (int i = 0; i < 300; ++i) {
    clock.advance(std::chrono::seconds{1});
    const auto status = send(from, "carol", "bob@b.example").status;
    if (status == 200) ++taken;
    EXPECT_EQ(status, i < 256 ? 200 : 429) << i;
  }
  EXPECT_EQ(taken, 256);
  EXPECT_EQ(b.count("connections"), 256);
  EXPECT_EQ(b.list().size(), 1u);
  EXPECT_EQ(b.only().state, ConnectionState::pending_in);
  // Another network is not kept out by that, and an hour later it may ask again.
  EXPECT_EQ(send(stranger("d.example", "198.51.100.1"), "carol", "bob@b.example").status, 200);
  clock.advance(std::chrono::hours{1});
  EXPECT_EQ(send(from, "carol", "bob@b.example").status, 200);
}

TEST_F(HandshakeStrangers, InstanceIsInUseAsLongAsSomethingGoesOnWithIt) {
  const auto in_use = [&] { return b.count("instances WHERE domain = 'c.example' AND in_use = 1"); };
  const auto from = stranger("c.example", "203.0.113.1");
  ASSERT_EQ(send(from, "carol", "nobody@b.example").status, 200);
  EXPECT_EQ(in_use(), 0);
  ASSERT_EQ(send(from, "carol", "bob@b.example").status, 200);
  EXPECT_EQ(in_use(), 1);
  // Another domain that ends alike is another instance.
  ASSERT_EQ(send(stranger("abc.example", "203.0.114.1"), "carol", "bob@b.example").status, 200);
  clock.advance(std::chrono::hours{24 * 14 + 1});
  settle({&b});
  EXPECT_EQ(in_use(), 0);
  EXPECT_EQ(b.count("instances WHERE in_use = 1"), 0);
}

TEST_F(HandshakeStrangers, EvictedRequestIsNotShownAnyMore) {
  for (std::size_t i = 0; i <= federation::kMaxPendingPerResponder; ++i) {
    clock.advance(std::chrono::milliseconds{1});
    const auto name = std::to_string(i);
    ASSERT_EQ(send(stranger("c" + name + ".example", "203.0." + name + ".1"), "carol", "bob@b.example").status, 200);
  }
  EXPECT_EQ(b.count("connections WHERE reason = 'evicted'"), 1);
  EXPECT_EQ(b.list().size(), federation::kMaxPendingPerResponder);
}

// As many ended handshakes as are remembered at most: the oldest goes, but none whose init could be played again.
TEST_F(HandshakeStrangers, OldestEndedHandshakeIsForgottenWhenThereAreTooMany) {
  const auto remember = [&](core::Timestamp at, int number) {
    return b.database().write([&](storage::Transaction& transaction) -> core::Expected<void> {
      KITH_TRY(transaction.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
          "INSERT INTO connections (id, role, state, phase, hidden, initiator_key, handshake_id, local_address, "
          "peer_address, purpose, delivery, source, created_at, updated_at, deadline) SELECT "
          "printf('%026d', i + (SELECT count(*) FROM connections)), 'responder', 'failed', 'ended', 1, "
          "randomblob(32), randomblob(16), 'bob@b.example', 'x@x.example', '', 'push', 'n' || i, ?, ?, ? FROM n",
          {number, at, at, at + std::chrono::hours{24 * 15}}));
      return {};
    });
  };
  const auto long_ago = clock.now();
  ASSERT_TRUE(remember(long_ago, 1));
  clock.advance(std::chrono::hours{1});
  ASSERT_TRUE(remember(clock.now(), 16'383));
  const auto ended = [&] { return b.count("connections WHERE phase = 'ended'"); };
  ASSERT_EQ(ended(), 16'384);
  EXPECT_EQ(send(stranger("c.example", "203.0.113.1"), "carol", "bob@b.example").status, 200);
  EXPECT_EQ(ended(), 16'383);
  ASSERT_TRUE(remember(clock.now(), 1));
  EXPECT_EQ(send(stranger("d.example", "203.0.114.1"), "carol", "bob@b.example").status, 429);
  EXPECT_EQ(ended(), 16'384);
  clock.advance(std::chrono::minutes{11});
  EXPECT_EQ(send(stranger("e.example", "203.0.115.1"), "carol", "bob@b.example").status, 200);
  EXPECT_EQ(ended(), 16'383);
}

TEST_F(HandshakeStrangers, SourcesAreNetworksNotAddresses) {
  const auto v6 = stranger("six.example", "2001:db8:1:1::1");
  EXPECT_EQ(send(v6, "carol", "bob@b.example").status, 200);
  EXPECT_EQ(b.count("connections WHERE source = '2001:db8:1::/48'"), 1);
}

TEST_F(HandshakeStrangers, InviteApprovesAndVerifiesAndIsSpent) {
  const auto invite = b.invites().create(bob, std::chrono::hours{24}, 1).value();
  a.ask(alice, "", invite.link);
  settle({&a, &b});
  expect_established();
  EXPECT_TRUE(a.only().verified);
  EXPECT_TRUE(b.only().verified);
  EXPECT_EQ(b.invites().list(bob, std::nullopt, 10).value().items.at(0).spent, 1);

  const auto carol = a.add_user("carol");
  const auto again = a.ask(carol, "bob@b.example", invite.link);
  settle({&a, &b});
  EXPECT_EQ(a.connections().view(carol, again.id).value().state, ConnectionState::rejected);
  EXPECT_EQ(b.list().size(), 1u);
}

TEST_F(HandshakeStrangers, ExpiredRemovedAndForgedInvitesAreRejectedAtOnce) {
  const auto expired = b.invites().create(bob, std::chrono::minutes{2}, 1).value();
  const auto removed = b.invites().create(bob, std::chrono::hours{2}, 1).value();
  ASSERT_TRUE(b.invites().remove(bob, removed.id));
  auto forged = b.invites().create(bob, std::chrono::hours{2}, 1).value().link;
  forged[forged.size() - 5] = forged[forged.size() - 5] == 'A' ? 'B' : 'A';
  clock.advance(std::chrono::minutes{3});
  for (const auto& link : {expired.link, removed.link, forged}) {
    const auto asked = a.ask(alice, "bob@b.example", link);
    settle({&a, &b});
    EXPECT_EQ(a.connections().view(alice, asked.id).value().state, ConnectionState::rejected);
    EXPECT_TRUE(b.list().empty());
  }
  EXPECT_EQ(b.count("invites WHERE reserved > 0 OR spent > 0"), 0);
}

TEST_F(HandshakeStrangers, InviteOfAHandshakeThatFailsIsGivenBack) {
  const auto invite = b.invites().create(bob, std::chrono::hours{24 * 30}, 1).value();
  network.lose(FakePeerNetwork::Loss::request, on_path("/handshake/exchange"), FakePeerNetwork::kAlways);
  a.ask(alice, "bob@b.example", invite.link);
  settle({&a, &b});
  EXPECT_EQ(b.count("invites WHERE reserved = 1"), 1);
  clock.advance(std::chrono::hours{24 * 14 + 1});
  settle({&a, &b});
  EXPECT_EQ(b.count("invites WHERE reserved = 0 AND spent = 0"), 1);
}

TEST_F(HandshakeStrangers, InviteOfAnotherInstanceKeyStopsBeforeInit) {
  const auto invite = b.invites().create(bob, std::chrono::hours{24}, 1).value();
  FederationNode c{network, clock, {.domain = "c.example", .seed = 9}};
  auto link = federation::parse_invite_link(invite.link).value();
  const federation::InviteLink wrong{link.address, federation::Fingerprint::of(c.identity().public_key()), link.id,
                                     std::move(link.secret)};
  a.ask(alice, "", federation::build_invite_link("https://b.example", wrong));
  settle({&a, &b});
  EXPECT_EQ(a.only().state, ConnectionState::failed);
  EXPECT_EQ(a.only().reason, "key_mismatch");
  EXPECT_EQ(b.count("connections"), 0);
}

TEST_F(HandshakeStrangers, MessagesWithoutAProofRaiseAlertsAndMistakesDoNot) {
  const auto who = stranger("c.example", "203.0.113.5");
  auto message = init_of(who, "mallory", "bob@b.example").request;
  const auto& alerts = b.events().alerts;
  EXPECT_EQ(b.handshakes().answer(Step::init, {message.body, "", who.source}).status, 403);
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].substr(0, 30), "handshake_failed 203.0.113.5: ");
  message.signature.data[0] ^= 1;
  EXPECT_EQ(deliver(message, who.source).status, 403);
  ASSERT_EQ(alerts.size(), 2u);
  EXPECT_NE(alerts[1].find("bad_signature"), std::string::npos) << alerts[1];
  message.body = "{}";
  EXPECT_EQ(deliver(message, who.source).status, 400);
  EXPECT_EQ(alerts.size(), 2u) << "no message of kith/1 at all";
}

TEST_F(HandshakeStrangers, InstanceWhoseKeyChangedIsRefusedAndTheConnectionGoesOn) {
  establish();
  b.lose_everything();
  const auto bob_again = b.add_user("bob");
  const auto carol = a.add_user("carol");
  // It asks: refused, nothing stored.
  const auto asked = b.ask(bob_again, "alice@a.example");
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return b.only().state != ConnectionState::pending_out; }));
  EXPECT_EQ(b.connections().view(bob_again, asked.id).value().state, ConnectionState::rejected);
  // It is asked: stopped before anything is said.
  const auto ours = a.ask(carol, "bob@b.example");
  settle({&a, &b});
  const auto view = a.connections().view(carol, ours.id).value();
  EXPECT_EQ(view.state, ConnectionState::failed);
  EXPECT_EQ(view.reason, "key_mismatch");
  EXPECT_FALSE(a.events().alerts.empty());
  EXPECT_TRUE(a.connections().find_active(alice, Address::parse("bob@b.example").value()).value().has_value());
}

// Nobody is pinned over plain HTTP: an asker with a key that its domain doesn't show is noticed after the approval.
TEST(HandshakeOverHttp, AskerWhoseDomainShowsAnotherKeyIsStoppedBeforeExchange) {
  FakeClock clock;
  FakePeerNetwork network;
  FederationNode b{network, clock, {.domain = "b.example:8471", .seed = 2, .web_authority = false}};
  FederationNode real{network, clock, {.domain = "a.example:8471", .seed = 3, .web_authority = false}};
  const auto bob = b.add_user("bob");
  SeededRandom random(5);
  const auto impostor = core::SigningKey::generate(random);
  const auto init = federation::initiator::make_init(impostor,
                                                     {.initiator = Address::parse("alice@a.example:8471").value(),
                                                      .responder = Address::parse("bob@b.example:8471").value(),
                                                      .purpose = "it is me",
                                                      .timestamp = clock.now(),
                                                      .expected_instance = b.identity().public_key(),
                                                      .invite = std::nullopt,
                                                      .key_statements = {}},
                                                     random)
                        .value();
  const auto answer = b.handshakes().answer(
      Step::init, {init.request.body, federation::signature_header(init.request.signature), "203.0.113.5"});
  ASSERT_EQ(answer.status, 200);
  ASSERT_TRUE(b.handshakes().approve(bob, b.only().id, b.only().fingerprint));
  settle({&b, &real});
  EXPECT_EQ(b.only().state, ConnectionState::failed);
  EXPECT_EQ(b.only().reason, "key_mismatch");
  bool told = false;
  for (const auto& entry : b.only().timeline) told = told || entry.last_error.starts_with("key_mismatch");
  EXPECT_TRUE(told);
  for (const auto& exchange : network.captured()) EXPECT_NE(exchange.arrival.target, "/handshake/exchange");
}

}  // namespace
}  // namespace kith::test
