#include <gtest/gtest.h>

#include "federation/handshake_rules.hpp"
#include "federation/signing.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/federation/handshake_messages.hpp"

namespace kith::federation {
namespace {

using test::HandshakeRun;
using test::must;
using test::signing_key;
using test::some_time;

TEST(Poll, CarriesTheExactExchangeMessages) {
  const HandshakeRun run;
  const auto& parties = run.b_awaiting->parties;
  const auto poll = initiator::make_poll(parties, run.a_instance, std::chrono::seconds{30}, run.exchange_answer);
  const auto taken = must(responder::check_poll(parties, poll));
  EXPECT_EQ(taken.wait, std::chrono::seconds{30});
  EXPECT_TRUE(responder::on_exchange_answer(*run.b_exchange_sent, run.exchange.body, *taken.answer));
  const auto answer =
      responder::answer_poll(parties, run.b_instance, poll.body, wire::PollStatus::decided, run.exchange);
  const auto read = must(initiator::on_poll_answer(parties, poll.body, answer));
  EXPECT_EQ(read.request->body, run.exchange.body);
  EXPECT_EQ(read.request->signature, run.exchange.signature);
  // Another's poll, and an answer to another poll.
  EXPECT_FALSE(responder::check_poll(parties, sign_request(run.b_instance, Step::poll, poll.body)));
  EXPECT_FALSE(initiator::on_poll_answer(parties, poll.body + " ", answer));
}

TEST(SignedRefusal, CountsOnlyWithSignatureStatusAndFinalCode) {
  const HandshakeRun run;
  const auto& key = run.b_instance;
  const auto& b = key.public_key();
  const core::Error error{core::ErrorCode::handshake_ended, "Ask again.", {}, {}};
  const auto refusal = sign_refusal(key, Step::verify, run.verify.body, error);
  const auto told = verified_refusal(b, Step::verify, run.verify.body, 410, refusal);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->code, core::ErrorCode::handshake_ended);
  EXPECT_EQ(told->detail, "Ask again.");
  EXPECT_FALSE(verified_refusal(b, Step::verify, run.verify.body, 403, refusal));
  EXPECT_FALSE(verified_refusal(b, Step::complete, run.verify.body, 410, refusal));
  EXPECT_FALSE(verified_refusal(b, Step::verify, run.complete.body, 410, refusal));
  EXPECT_FALSE(verified_refusal(run.a_instance.public_key(), Step::verify, run.verify.body, 410, refusal));
  for (std::size_t i = 0; i < refusal.body.size(); ++i) {
    auto flipped = refusal;
    flipped.body[i] = static_cast<char>(flipped.body[i] ^ 1);
    EXPECT_FALSE(verified_refusal(b, Step::verify, run.verify.body, 410, flipped)) << i;
  }
  // A response is no refusal, and a passing error is none however it is signed.
  EXPECT_FALSE(verified_refusal(b, Step::verify, run.verify.body, 410,
                                sign_response(key, Step::verify, run.verify.body, refusal.body)));
  const core::Error passing{core::ErrorCode::not_ready, "", {}, {}};
  EXPECT_FALSE(verified_refusal(b, Step::verify, run.verify.body, 409,
                                sign_refusal(key, Step::verify, run.verify.body, passing)));
}

TEST(SignatureHeader, IsCanonicalBase64urlOf64Bytes) {
  const auto signature = signing_key(1).sign({});
  const auto text = signature_header(signature);
  EXPECT_EQ(text.size(), 86u);
  EXPECT_EQ(parse_signature_header(text), signature);
  auto loose = text;
  loose.back() = loose.back() == 'A' ? 'B' : static_cast<char>(loose.back() + 1);  // unused bits set
  for (const auto& wrong : {std::string(), text + "=", text + "==", " " + text, text.substr(1), loose}) {
    EXPECT_FALSE(parse_signature_header(wrong)) << wrong;
  }
}

TEST(HandshakeRules, TimestampsHoldFiveMinutesEitherWay) {
  using std::chrono::milliseconds;
  using std::chrono::minutes;
  const auto now = some_time();
  EXPECT_TRUE(timestamp_acceptable(now, now));
  EXPECT_TRUE(timestamp_acceptable(now - minutes{5}, now));
  EXPECT_TRUE(timestamp_acceptable(now + minutes{5}, now));
  EXPECT_FALSE(timestamp_acceptable(now - minutes{5} - milliseconds{1}, now));
  EXPECT_FALSE(timestamp_acceptable(now + minutes{5} + milliseconds{1}, now));
}

TEST(HandshakeRules, OfCrossedHandshakesBothSidesLetTheSameGoOn) {
  const core::BoxPublicKey small{{1, 0xFF}}, large{{2, 0}};
  EXPECT_EQ(judge_crossed(small, large), CrossedVerdict::ours_goes_on);
  EXPECT_EQ(judge_crossed(large, small), CrossedVerdict::theirs_goes_on);
}

TEST(HandshakeRules, TheIdOfEveryRequestIsFoundWithoutItsSignature) {
  const HandshakeRun run;
  for (const auto* request : {&run.init, &run.exchange, &run.verify, &run.complete}) {
    EXPECT_EQ(must(peek_handshake_id(request->body)), run.b_awaiting->parties.handshake_id);
  }
  EXPECT_FALSE(peek_handshake_id("{}"));
}

}  // namespace
}  // namespace kith::federation
