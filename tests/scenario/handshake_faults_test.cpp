// Everything that can go wrong on the way: lost, repeated, changed and reflected messages, crashes, clocks.

#include <set>

#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "tests/scenario/handshake_fixture.hpp"

namespace kith::test {
namespace {

using Loss = FakePeerNetwork::Loss;

constexpr const char* kSteps[] = {"/handshake/init", "/handshake/exchange", "/handshake/verify", "/handshake/complete"};

class HandshakeFaults : public TwoInstances {
 protected:
  // The whole story, with time passing for retries.
  void run_to_the_end() {
    a.ask(alice, "bob@b.example");
    ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return !b.list().empty(); }));
    approve();
    ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return established(); }));
    settle({&a, &b});
    expect_established();
  }
  FakeExchange recorded(const std::string& path) {
    for (const auto& exchange : network.captured()) {
      if (exchange.arrival.target == path) return exchange;
    }
    ADD_FAILURE() << "nothing went to " << path;
    return {};
  }
};

TEST_F(HandshakeFaults, LostRequestInAnyStepIsSentAgain) {
  for (const auto* step : kSteps) network.lose(Loss::request, on_path(step), 2);
  run_to_the_end();
}

TEST_F(HandshakeFaults, LostAnswerInAnyStepGetsTheSameBytesAgain) {
  for (const auto* step : kSteps) network.lose(Loss::answer, on_path(step), 2);
  run_to_the_end();
  for (const auto* step : kSteps) {
    std::set<std::string> requests;
    for (const auto& exchange : network.captured()) {
      if (exchange.arrival.target == step) requests.insert(exchange.arrival.body);
    }
    EXPECT_EQ(requests.size(), 1u) << step;
  }
}

TEST_F(HandshakeFaults, DuplicatedMessagesOfEveryStepMakeOneConnection) {
  for (const auto* step : kSteps) network.duplicate(on_path(step));
  run_to_the_end();
}

TEST_F(HandshakeFaults, LostAnswersDontLoseADecisionFetchedByPoll) {
  a.options().delivery = "poll";
  a.restart();
  network.lose(
      Loss::refuse, [](const FakeArrival& arrival) { return arrival.to == "a.example"; }, FakePeerNetwork::kAlways);
  a.ask(alice, "bob@b.example");
  settle({&a, &b});
  network.lose(Loss::answer, on_path("/handshake/poll"), 3);
  network.lose(Loss::request, on_path("/handshake/verify"), 1);
  approve();
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return established(); }));
  settle({&a, &b});
  expect_established();
}

// A crash before and after every message, on both sides: after each single task both start anew.
TEST_F(HandshakeFaults, RestartOfBothSidesAfterEveryTaskGoesOnWhereItWas) {
  a.ask(alice, "bob@b.example");
  bool approved = false;
  for (int round = 0; round < 60 && (b.list().empty() || a.list().empty() || !established()); ++round) {
    for (auto* node : {&a, &b}) {
      node->handshakes().expire();
      node->outbox().run_due(1);
      a.restart();
      b.restart();
    }
    if (!approved && !b.list().empty()) {
      approve();
      approved = true;
      b.restart();
    }
    clock.advance(std::chrono::seconds{30});
  }
  settle({&a, &b});
  expect_established();
}

// The request has been acted on, the sender dies before it sees the answer.
TEST_F(HandshakeFaults, RestartWhileTheAnswerOfAnyStepIsOnItsWayGoesOn) {
  for (const auto* step : kSteps) {
    network.lose(Loss::answer, on_path(step));
  }
  a.ask(alice, "bob@b.example");
  settle({&a, &b});
  a.restart();
  b.restart();
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return a.count("connections WHERE phase = 'answered'") == 1; }));
  approve();
  for (int i = 0; i < 12 && !established(); ++i) {
    settle({&a, &b});
    a.restart();
    b.restart();
    clock.advance(std::chrono::minutes{1});
  }
  settle({&a, &b});
  expect_established();
}

TEST_F(HandshakeFaults, ReplayedMessageOfEveryStepGetsTheSameAnswerAndChangesNothing) {
  establish();
  const auto at_a = a.dump();
  const auto at_b = b.dump();
  clock.advance(std::chrono::hours{24 * 3});
  for (const auto* step : kSteps) {
    const auto first = recorded(step);
    const auto again = network.replay(first.arrival);
    EXPECT_EQ(again.status, 200) << step;
    EXPECT_EQ(again.body, first.answer->body) << step;
    EXPECT_EQ(federation::find_header(again.headers, "Kith-Signature"),
              federation::find_header(first.answer->headers, "Kith-Signature"));
  }
  EXPECT_EQ(a.dump(), at_a);
  EXPECT_EQ(b.dump(), at_b);
}

TEST_F(HandshakeFaults, ReplayedInitAfterTheEndIsToldSoAndSigned) {
  ask();
  const auto init = recorded("/handshake/init");
  clock.advance(std::chrono::hours{24 * 14 + 1});
  settle({&a, &b});
  const auto before = b.dump();
  const auto again = network.replay(init.arrival);
  EXPECT_EQ(again.status, 410);
  EXPECT_TRUE(federation::find_header(again.headers, "Kith-Signature"));
  EXPECT_EQ(b.dump(), before);
}

// Each field of each message, changed on the way: refused by who gets it, and nothing has changed there. The true
// message then still works.
class ChangedByte : public HandshakeFaults, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    ask();
    approve();
    // The step is stopped on its way; what was meant to go is in the sender's database and in the network's record.
    network.lose(Loss::request, on_path(GetParam()), 1);
  }
};

std::vector<std::string> changed_bodies(const std::string& body) {
  std::vector<std::string> out;
  const auto json = nlohmann::json::parse(body);
  for (const auto& [name, value] : json.items()) {
    auto other = json;
    if (value.is_string()) {
      auto text = value.get<std::string>();
      if (text.empty()) continue;
      text[text.size() / 2] = text[text.size() / 2] == 'a' ? 'b' : 'a';
      other[name] = text;
    } else {
      other[name] = "x";
    }
    out.push_back(other.dump());
    auto without = json;
    without.erase(name);
    out.push_back(without.dump());
  }
  for (std::size_t i = 0; i < body.size(); i += 7) {
    auto flipped = body;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    out.push_back(flipped);
  }
  return out;
}

TEST_P(ChangedByte, IsRefusedAndChangesNothing) {
  const std::string path = GetParam();
  settle({&a, &b});
  const auto stopped = recorded(path);
  auto& receiver = stopped.arrival.to == "a.example" ? a : b;
  const auto before = receiver.dump();
  for (const auto& body : changed_bodies(stopped.arrival.body)) {
    auto forged = stopped.arrival;
    forged.body = body;
    const auto answer = network.replay(forged);
    EXPECT_GE(answer.status, 400) << body;
    EXPECT_EQ(receiver.dump(), before) << body;
  }
  for (auto& header : std::vector<std::string>{"", "AAAA", std::string(86, 'A')}) {
    auto unsigned_one = stopped.arrival;
    for (auto& [name, value] : unsigned_one.headers) {
      if (name == "Kith-Signature") value = header;
    }
    EXPECT_GE(network.replay(unsigned_one).status, 400);
    EXPECT_EQ(receiver.dump(), before);
  }
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return established(); }));
  settle({&a, &b});
  expect_established();
}
INSTANTIATE_TEST_SUITE_P(Steps, ChangedByte,
                         ::testing::Values("/handshake/exchange", "/handshake/verify", "/handshake/complete"));

TEST_F(HandshakeFaults, ChangedInitIsRefusedAndStoresNothing) {
  network.lose(Loss::request, on_path("/handshake/init"), 1);
  a.ask(alice, "bob@b.example");
  settle({&a, &b});
  const auto init = recorded("/handshake/init");
  for (const auto& body : changed_bodies(init.arrival.body)) {
    auto forged = init.arrival;
    forged.body = body;
    EXPECT_GE(network.replay(forged).status, 400) << body;
  }
  EXPECT_EQ(b.count("connections"), 0);
  EXPECT_EQ(b.count("instances WHERE domain = 'a.example'"), 0);
}

// Answers too: the sender believes nothing, and asks again.
TEST_F(HandshakeFaults, ChangedAnswersOfEveryStepAreNotBelieved) {
  for (const auto* step : kSteps) {
    network.change_answer(
        on_path(step), [](federation::PeerResponse& answer) { answer.body[answer.body.size() / 2] ^= 1; }, 1);
    network.change_answer(
        on_path(step),
        [](federation::PeerResponse& answer) {
          answer.status = 410;
          answer.body = R"({"status":410,"title":"x","code":"handshake_ended"})";
        },
        1);
  }
  run_to_the_end();
}

TEST_F(HandshakeFaults, ReflectedMessagesAreRefused) {
  establish();
  const auto at_a = a.dump();
  const auto at_b = b.dump();
  for (const auto* step : kSteps) {
    const auto first = recorded(step);
    auto reflected = first.arrival;
    std::swap(reflected.from, reflected.to);
    EXPECT_GE(network.replay(reflected).status, 400) << step;
    // The answer, sent back as if it were a request; and the message of one step as that of another.
    auto answer = first.arrival;
    answer.body = first.answer->body;
    answer.headers = first.answer->headers;
    EXPECT_GE(network.replay(answer).status, 400) << step;
    for (const auto* other : kSteps) {
      if (std::string(other) == step) continue;
      auto elsewhere = first.arrival;
      elsewhere.target = other;
      EXPECT_GE(network.replay(elsewhere).status, 400) << step << " as " << other;
    }
  }
  EXPECT_EQ(a.dump(), at_a);
  EXPECT_EQ(b.dump(), at_b);
}

// The peer has taken complete and is established; this side never learned it and its person ends the handshake.
TEST_F(HandshakeFaults, RevokeWhileTheAnswerToCompleteIsLostReachesThePeer) {
  network.lose(Loss::answer, on_path("/handshake/complete"), FakePeerNetwork::kAlways);
  ask();
  approve();
  settle({&a, &b});
  ASSERT_EQ(a.count("connections WHERE phase = 'verified'"), 1);
  ASSERT_EQ(b.only().state, ConnectionState::established);
  a.link = FederationNode::Link::lose_request;
  ASSERT_TRUE(a.handshakes().confirm_words(alice, a.only().id, false));
  settle({&a, &b});
  EXPECT_EQ(a.only().state, ConnectionState::revoked);
  EXPECT_EQ(b.only().state, ConnectionState::established);
  a.restart();
  a.link = FederationNode::Link::fine;
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return b.only().state == ConnectionState::revoked; }));
  EXPECT_EQ(a.count("connection_keys") + b.count("connection_keys"), 0);
  EXPECT_EQ(a.count("outbox"), 0);
}

TEST_F(HandshakeFaults, RevokeOfOneThatThePeerNeverCompletedGivesUpAfterTwoWeeks) {
  network.lose(Loss::request, on_path("/handshake/complete"), FakePeerNetwork::kAlways);
  ask();
  approve();
  settle({&a, &b});
  ASSERT_EQ(a.count("connections WHERE phase = 'verified'"), 1);
  ASSERT_TRUE(a.handshakes().revoke(alice, a.only().id));
  clock.advance(std::chrono::hours{24 * 13});
  settle({&a, &b});
  EXPECT_EQ(a.count("outbox WHERE kind = 'revoke'"), 1);
  clock.advance(std::chrono::hours{25});
  settle({&a, &b});
  EXPECT_EQ(a.count("outbox"), 0);
  EXPECT_EQ(a.count("connection_keys"), 0);
  EXPECT_EQ(b.only().state, ConnectionState::failed);
}

TEST_F(HandshakeFaults, BlockedInstanceGetsNoStepUntilItIsUnblocked) {
  ask();
  network.lose(Loss::request, on_path("/handshake/verify"), 1);
  approve();
  settle({&a, &b});
  const auto verify = recorded("/handshake/verify").arrival;
  ASSERT_TRUE(b.directory().block("a.example"));
  const auto before = b.dump();
  const auto answer = network.replay(verify);
  EXPECT_EQ(answer.status, 403);
  EXPECT_NE(answer.body.find("peer_blocked"), std::string::npos);
  EXPECT_FALSE(federation::find_header(answer.headers, "Kith-Signature"));
  auto forged = verify;
  forged.body[forged.body.size() / 2] ^= 1;
  EXPECT_EQ(network.replay(forged).body.find("peer_blocked"), std::string::npos);
  EXPECT_EQ(b.dump(), before);
  ASSERT_TRUE(b.directory().unblock("a.example"));
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return established(); }));
}

// Whose decision is fetched by poll is looked for before it is handed out; "blocked" is not "nobody there".
TEST_F(HandshakeFaults, BlockedInstanceThatPollsIsNotTakenForUnreachable) {
  a.options().delivery = "poll";
  a.restart();
  a.ask(alice, "bob@b.example");
  settle({&a, &b});
  ASSERT_TRUE(b.directory().block("a.example"));
  approve();
  settle({&a, &b});
  EXPECT_EQ(b.count("connections WHERE peer_checked = 0"), 1);
  ASSERT_TRUE(b.directory().unblock("a.example"));
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return established(); }));
}

// A peer that claims to have taken an answer nobody gave: the next poll finds the decision all the same.
TEST_F(HandshakeFaults, AcceptedBeforeAnythingWasAnsweredIsAskedAgain) {
  a.options().delivery = "poll";
  a.restart();
  a.ask(alice, "bob@b.example");
  std::string polled;
  network.change_request(
      on_path("/handshake/poll"), [&](FakeArrival& arrival) { polled = arrival.body; }, 1);
  network.change_answer(
      on_path("/handshake/poll"),
      [&](federation::PeerResponse& answer) {
        auto body = nlohmann::json::parse(answer.body);
        body["status"] = "accepted";
        const auto lie =
            federation::sign_response(b.identity().signing_key(), federation::Step::poll, polled, body.dump());
        answer.body = lie.body;
        for (auto& [name, value] : answer.headers) {
          if (name == "Kith-Signature") value = federation::signature_header(lie.signature);
        }
      },
      1);
  settle({&a, &b});
  EXPECT_EQ(a.count("outbox WHERE kind = 'poll' AND last_error <> ''"), 1);
  approve();
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return established(); }));
}

TEST_F(HandshakeFaults, ClockSixMinutesOffIsRefusedAndWorksOnceSet) {
  // What arrives was made six minutes ago, as a clock that is slow would have it.
  network.lose(Loss::request, on_path("/handshake/init"), 1);
  a.ask(alice, "bob@b.example");
  settle({&a, &b});
  const auto init = recorded("/handshake/init");
  clock.advance(std::chrono::minutes{6});
  const auto answer = network.replay(init.arrival);
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.body.find("timestamp_out_of_range"), std::string::npos);
  EXPECT_EQ(b.count("connections"), 0);
  // a tries the old bytes, is told, and starts anew with the right time.
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return !b.list().empty(); }));
  approve();
  settle({&a, &b});
  expect_established();
}

TEST_F(HandshakeFaults, OtherSignedBytesForAStepDoneGetAConflictAndTheFirstStand) {
  ask();
  auto init = recorded("/handshake/init").arrival;
  auto json = nlohmann::json::parse(init.body);
  json["purpose"] = "something else";
  const auto forged = federation::sign_request(a.identity().signing_key(), federation::Step::init, json.dump());
  init.body = forged.body;
  for (auto& [name, value] : init.headers) {
    if (name == "Kith-Signature") value = federation::signature_header(forged.signature);
  }
  EXPECT_EQ(network.replay(init).status, 409);
  EXPECT_EQ(b.only().purpose, "holiday photos");
}

TEST_F(HandshakeFaults, ExchangeThatOvertakesTheInitAnswerIsToldToWait) {
  network.lose(Loss::answer, on_path("/handshake/init"), 3);
  a.ask(alice, "bob@b.example");
  settle({&a, &b});
  approve();
  settle({&a, &b});
  EXPECT_EQ(recorded("/handshake/exchange").answer->status, 409);
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] { return established(); }));
}

}  // namespace
}  // namespace kith::test
