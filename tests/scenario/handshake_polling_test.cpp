// A poll that may wait is answered when there is news, and holds no thread meanwhile.

#include "federation/initiator.hpp"
#include "tests/scenario/handshake_fixture.hpp"

namespace kith::test {
namespace {

using federation::Address;
using federation::Step;
using federation::WireAnswer;

class WaitingPolls : public TwoInstances {
 protected:
  WaitingPolls()
      : key(core::SigningKey::generate(random)),
        init(federation::initiator::make_init(key,
                                              {.initiator = Address::parse("carol@c.example").value(),
                                               .responder = Address::parse("bob@b.example").value(),
                                               .purpose = "hello",
                                               .delivery = federation::wire::Delivery::poll,
                                               .timestamp = clock.now(),
                                               .expected_instance = b.identity().public_key(),
                                               .invite = std::nullopt,
                                               .key_statements = {}},
                                              random)
                 .value()) {
    const auto answer = b.handshakes().answer(
        Step::init, {init.request.body, federation::signature_header(init.request.signature), "203.0.113.5"});
    EXPECT_EQ(answer.status, 200);
  }
  // Where the answer of a poll will stand.
  std::shared_ptr<std::vector<WireAnswer>> poll(int wait) {
    const auto request =
        federation::initiator::make_poll(init.state.parties, key, std::chrono::seconds{wait}, std::nullopt);
    auto answers = std::make_shared<std::vector<WireAnswer>>();
    b.handshakes().poll({request.body, federation::signature_header(request.signature), "203.0.113.5"},
                        [answers](WireAnswer answer) { answers->push_back(std::move(answer)); });
    return answers;
  }
  static bool says(const WireAnswer& answer, const std::string& status) {
    return answer.status == 200 && answer.body.find("\"" + status + "\"") != std::string::npos;
  }

  SeededRandom random{99};
  core::SigningKey key;
  federation::initiator::StartedInit init;
};

TEST_F(WaitingPolls, WithoutWaitIsAnsweredAtOnce) {
  const auto answers = poll(0);
  ASSERT_EQ(answers->size(), 1u);
  EXPECT_TRUE(says(answers->front(), "pending"));
}

TEST_F(WaitingPolls, DecisionAnswersIt) {
  const auto answers = poll(30);
  EXPECT_TRUE(answers->empty());
  ASSERT_TRUE(b.handshakes().approve(bob, b.only().id, b.only().fingerprint));
  settle({&b});
  ASSERT_EQ(answers->size(), 1u);
  EXPECT_TRUE(says(answers->front(), "decided"));
}

TEST_F(WaitingPolls, RejectionAnswersIt) {
  const auto answers = poll(30);
  ASSERT_TRUE(b.handshakes().reject(bob, b.only().id));
  settle({&b});
  ASSERT_EQ(answers->size(), 1u);
  EXPECT_TRUE(says(answers->front(), "decided"));
}

TEST_F(WaitingPolls, NewerOneOfTheSameHandshakeTakesItsPlace) {
  const auto older = poll(30);
  const auto newer = poll(30);
  ASSERT_EQ(older->size(), 1u);
  EXPECT_TRUE(says(older->front(), "pending"));
  EXPECT_TRUE(newer->empty());
}

TEST_F(WaitingPolls, EndsWhenItsTimeIsOver) {
  const auto answers = poll(30);
  ASSERT_TRUE(b.handshakes().next_deadline());
  EXPECT_EQ(*b.handshakes().next_deadline(), clock.now() + std::chrono::seconds{30});
  clock.advance(std::chrono::seconds{29});
  b.run();
  EXPECT_TRUE(answers->empty());
  clock.advance(std::chrono::seconds{1});
  b.run();
  ASSERT_EQ(answers->size(), 1u);
  EXPECT_TRUE(says(answers->front(), "pending"));
}

TEST_F(WaitingPolls, AllAreAnsweredBeforeTheListenersStop) {
  const auto answers = poll(30);
  b.handshakes().stop();
  EXPECT_EQ(answers->size(), 1u);
  EXPECT_EQ(poll(30)->size(), 1u);
}

TEST_F(WaitingPolls, HandshakeThatEndsAnswersIt) {
  const auto answers = poll(30);
  clock.advance(std::chrono::hours{24 * 14 + 1});
  b.handshakes().expire();
  ASSERT_EQ(answers->size(), 1u);
  EXPECT_EQ(poll(0)->at(0).status, 410);
}

TEST_F(WaitingPolls, SignatureOfAnotherKeyLearnsNothing) {
  const auto other = core::SigningKey::generate(random);
  const auto request =
      federation::initiator::make_poll(init.state.parties, other, std::chrono::seconds{0}, std::nullopt);
  std::vector<WireAnswer> answers;
  b.handshakes().poll({request.body, federation::signature_header(request.signature), "203.0.113.5"},
                      [&](WireAnswer answer) { answers.push_back(std::move(answer)); });
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers.front().status, 403);
}

}  // namespace
}  // namespace kith::test
