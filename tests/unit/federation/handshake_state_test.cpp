#include "federation/handshake_state.hpp"

#include <gtest/gtest.h>

#include "tests/support/seeded_random.hpp"
#include "tests/unit/federation/handshake_run.hpp"

namespace kith::federation {
namespace {

using test::HandshakeRun;
using test::must;

template <class State>
void expect_round_trip(const State& state) {
  const auto bytes = state.to_bytes();
  EXPECT_EQ(must(State::from_bytes(bytes)).to_bytes(), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(State::from_bytes(core::ByteView(bytes).first(size))) << size;
  }
  auto longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(State::from_bytes(longer));
}

TEST(HandshakeState, ComesBackWholeOrNotAtAll) {
  for (const bool with_invite : {false, true}) {
    const HandshakeRun run({.with_invite = with_invite});
    expect_round_trip(*run.a_init_sent);
    expect_round_trip(*run.a_awaiting);
    expect_round_trip(*run.b_awaiting);
    expect_round_trip(*run.b_exchange_sent);
    expect_round_trip(*run.a_exchanged);
    expect_round_trip(*run.a_verified);
  }
}

TEST(HandshakeState, OneKindIsNotTakenForAnother) {
  const HandshakeRun run;
  EXPECT_FALSE(AwaitingDecision::from_bytes(run.a_awaiting->to_bytes()));
  EXPECT_FALSE(AwaitingExchange::from_bytes(run.b_awaiting->to_bytes()));
  EXPECT_FALSE(Verified::from_bytes(run.a_exchanged->to_bytes()));
}

TEST(HandshakeState, AHandshakeGoesOnFromStoredBytesInEveryState) {
  const HandshakeRun run({.with_invite = true});
  const auto a_sent = must(InitSent::from_bytes(run.a_init_sent->to_bytes()));
  EXPECT_EQ(must(initiator::on_init_answer(a_sent, run.init.body, run.init_answer)).state.th1, run.a_awaiting->th1);
  test::SeededRandom random(8);
  const auto a_waiting = must(AwaitingExchange::from_bytes(run.a_awaiting->to_bytes()));
  const auto outcome =
      must(initiator::on_exchange(a_waiting, run.a_instance, run.a_keys.public_keys(), run.exchange, random));
  EXPECT_EQ(std::get<initiator::ExchangeApproved>(outcome).words, run.a_words);
  const auto b_sent = must(ExchangeSent::from_bytes(run.b_exchange_sent->to_bytes()));
  EXPECT_EQ(must(responder::on_exchange_answer(b_sent, run.exchange.body, run.exchange_answer)).words, run.b_words);
  const auto b_exchanged = must(Exchanged::from_bytes(run.b_exchanged->to_bytes()));
  EXPECT_TRUE(responder::on_verify(b_exchanged, run.b_instance, run.b_keys.sign, run.verify, test::some_time()));
  const auto b_verified = must(Verified::from_bytes(run.b_verified->to_bytes()));
  EXPECT_EQ(must(responder::on_complete(b_verified, run.b_instance, run.complete)).connection, run.a_connection);
}

}  // namespace
}  // namespace kith::federation
