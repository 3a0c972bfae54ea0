// Both ask at once: one handshake goes on, the other ends, and nobody has to approve.

#include "tests/scenario/handshake_fixture.hpp"

namespace kith::test {
namespace {

using Loss = FakePeerNetwork::Loss;

class CrossedHandshakes : public TwoInstances, public ::testing::WithParamInterface<std::uint64_t> {
 protected:
  CrossedHandshakes() {
    // Other keys, so that now one side's handshake has the smaller initiator_key and now the other's.
    for (std::uint64_t i = 0; i < GetParam(); ++i) {
      a.identity();
      a.add_user("filler" + std::to_string(i));
    }
  }
  void expect_one_connection(const federation::ConnectionView& asked_a, const federation::ConnectionView& asked_b) {
    ASSERT_TRUE(
        settle_until(clock, {&a, &b}, [&] { return a.list().size() == 1 && b.list().size() == 1 && established(); }))
        << a.dump() << "\n"
        << b.dump();
    settle({&a, &b});
    expect_established();
    EXPECT_EQ(a.connections().view(alice, asked_a.id).value().state, ConnectionState::established);
    EXPECT_EQ(b.connections().view(bob, asked_b.id).value().state, ConnectionState::established);
  }
};

TEST_P(CrossedHandshakes, BothAskBeforeEitherMessageArrives) {
  const auto at_a = a.ask(alice, "bob@b.example");
  const auto at_b = b.ask(bob, "alice@a.example");
  expect_one_connection(at_a, at_b);
}

TEST_P(CrossedHandshakes, InitsPassEachOtherOnTheWay) {
  network.lose(Loss::request, on_path("/handshake/init"), 2);
  const auto at_a = a.ask(alice, "bob@b.example");
  a.run();
  const auto at_b = b.ask(bob, "alice@a.example");
  b.run();
  expect_one_connection(at_a, at_b);
}

TEST_P(CrossedHandshakes, SecondAsksWhileTheFirstWaitsForApproval) {
  const auto at_a = a.ask(alice, "bob@b.example");
  settle({&a, &b});
  const auto at_b = b.ask(bob, "alice@a.example");
  expect_one_connection(at_a, at_b);
}

TEST_P(CrossedHandshakes, AnswersOfBothInitsAreLost) {
  network.lose(Loss::answer, on_path("/handshake/init"), 3);
  const auto at_a = a.ask(alice, "bob@b.example");
  const auto at_b = b.ask(bob, "alice@a.example");
  expect_one_connection(at_a, at_b);
}

TEST_P(CrossedHandshakes, FirstAnswerIsLostAndTheOtherAsksMeanwhile) {
  network.lose(Loss::answer, on_path("/handshake/init", "a.example"), 2);
  const auto at_a = a.ask(alice, "bob@b.example");
  a.run();
  const auto at_b = b.ask(bob, "alice@a.example");
  b.run();
  expect_one_connection(at_a, at_b);
}

TEST_P(CrossedHandshakes, RestartsInBetweenDontMatter) {
  network.lose(Loss::request, on_path("/handshake/init"), 2);
  const auto at_a = a.ask(alice, "bob@b.example");
  const auto at_b = b.ask(bob, "alice@a.example");
  a.run();
  b.run();
  a.restart();
  b.restart();
  clock.advance(std::chrono::seconds{10});
  a.run();
  a.restart();
  b.restart();
  expect_one_connection(at_a, at_b);
}
INSTANTIATE_TEST_SUITE_P(Keys, CrossedHandshakes, ::testing::Range<std::uint64_t>(0, 6));

TEST(CrossedHandshakesByInvite, InviteOfTheOneThatEndsIsGivenBack) {
  FakeClock clock;
  FakePeerNetwork network;
  FederationNode a{network, clock, {.domain = "a.example", .seed = 1}};
  FederationNode b{network, clock, {.domain = "b.example", .seed = 2}};
  const auto alice = a.add_user("alice");
  const auto bob = b.add_user("bob");
  network.lose(Loss::request, on_path("/handshake/init"), 2);
  const auto invite_a = a.invites().create(alice, std::chrono::hours{24}, 1).value();
  const auto invite_b = b.invites().create(bob, std::chrono::hours{24}, 1).value();
  a.ask(alice, "bob@b.example", invite_b.link);
  b.ask(bob, "alice@a.example", invite_a.link);
  ASSERT_TRUE(settle_until(clock, {&a, &b}, [&] {
    return a.list().size() == 1 && a.only().state == ConnectionState::established && b.list().size() == 1 &&
           b.only().state == ConnectionState::established;
  }));
  EXPECT_EQ(a.count("invites WHERE reserved = 0") + b.count("invites WHERE reserved = 0"), 2);
  EXPECT_EQ(a.count("invites WHERE spent = 1") + b.count("invites WHERE spent = 1"), 1);
}

}  // namespace
}  // namespace kith::test
