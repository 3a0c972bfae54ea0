#include <gtest/gtest.h>

#include "core/encoding.hpp"
#include "federation/transcript.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/federation/handshake_messages.hpp"

namespace kith::federation {
namespace {

using test::HandshakeRun;
using test::messages;
using test::must;
using test::with_field;

TEST(Handshake, EndsWithTheSameConnectionAndWordsOnBothSides) {
  for (const bool with_invite : {false, true}) {
    const HandshakeRun run({.with_invite = with_invite});
    EXPECT_EQ(run.a_connection, run.b_connection);
    EXPECT_EQ(run.a_words, run.b_words);
    EXPECT_EQ(run.a_exchanged->peer, run.b_keys.public_keys());
    EXPECT_EQ(run.b_exchanged->peer, run.a_keys.public_keys());
    EXPECT_EQ(run.a_exchanged->th2, run.b_exchanged->th2);
    EXPECT_EQ(run.a_verified->th3, run.b_verified->th3);
  }
}

TEST(Handshake, EveryRunHasKeysWordsAndConnectionOfItsOwn) {
  const HandshakeRun one({.seed = 1}), two({.seed = 2});
  EXPECT_NE(one.a_connection, two.a_connection);
  EXPECT_NE(one.a_words, two.a_words);
  EXPECT_FALSE(one.a_awaiting->keys.confirm == two.a_awaiting->keys.confirm);
  // The words would come out differently with the invite's secret left out of the key schedule.
  EXPECT_NE(HandshakeRun({.with_invite = true}).a_words, one.a_words);
}

TEST(Handshake, KeysOfBothSidesAgreeAndDifferFromEachOther) {
  const HandshakeRun run;
  const auto& a = run.a_awaiting->keys;
  const auto& b = run.b_awaiting->keys;
  EXPECT_EQ(a.i2r, b.i2r);
  EXPECT_EQ(a.r2i, b.r2i);
  EXPECT_EQ(a.confirm, b.confirm);
  EXPECT_EQ(a.words, b.words);
  EXPECT_FALSE(core::equal_constant_time(a.i2r.view(), a.r2i.view()));
  EXPECT_FALSE(core::equal_constant_time(a.i2r.view(), a.confirm.view()));
  EXPECT_FALSE(core::equal_constant_time(a.confirm.view(), a.words.view()));
}

TEST(Handshake, SameStateAndBytesGiveTheSameAnswerAgain) {
  const HandshakeRun run;
  const auto again = must(responder::on_complete(*run.b_verified, run.b_instance, run.complete));
  EXPECT_EQ(again.answer.body, run.complete_answer.body);
  EXPECT_EQ(again.connection, run.b_connection);
  EXPECT_EQ(must(initiator::on_complete_answer(*run.a_verified, run.complete.body, run.complete_answer)),
            run.a_connection);
}

TEST(Handshake, RefusesEverySingleFlippedBitOfEveryMessageAndEndsNothing) {
  const HandshakeRun run;
  for (const auto& message : messages(run)) {
    ASSERT_FALSE(message.judge(message.good)) << message.name;
    for (std::size_t i = 0; i < message.good.body.size(); ++i) {
      auto flipped = message.good;
      flipped.body[i] = static_cast<char>(flipped.body[i] ^ (1 << (i % 7)));
      const auto refusal = message.judge(flipped);
      ASSERT_TRUE(refusal) << message.name << " byte " << i;
      EXPECT_FALSE(refusal->ends) << message.name << " byte " << i;
    }
    for (std::size_t i = 0; i < 64; ++i) {
      auto flipped = message.good;
      flipped.signature.data[i] ^= static_cast<std::uint8_t>(1 << (i % 8));
      const auto refusal = message.judge(flipped);
      ASSERT_TRUE(refusal) << message.name << " signature byte " << i;
      EXPECT_EQ(refusal->reason, RefusalReason::bad_signature);
      EXPECT_FALSE(refusal->ends);
    }
  }
}

TEST(Handshake, RefusesCutAndLengthenedMessages) {
  const HandshakeRun run;
  for (const auto& message : messages(run)) {
    for (const auto& body : {std::string(), message.good.body.substr(1), message.good.body + " ", std::string("{}"),
                             std::string("[]"), std::string("null"), std::string(70'000, ' ')}) {
      EXPECT_TRUE(message.judge({body, message.good.signature})) << message.name;
    }
  }
}

TEST(Handshake, RefusesSignaturesOfAnotherRoleStepOrDirection) {
  const HandshakeRun run;
  const auto all = messages(run);
  constexpr std::array kSteps{Step::init, Step::exchange, Step::verify, Step::complete, Step::poll, Step::auth};
  for (const auto& message : all) {
    for (const auto* key : {&run.a_instance, &run.b_instance, &run.a_keys.sign, &run.b_keys.sign}) {
      for (const auto step : kSteps) {
        std::vector<SignedMessage> attempts{sign_request(*key, step, message.good.body)};
        for (const auto& asked : all) {
          attempts.push_back(sign_response(*key, step, asked.good.body, message.good.body));
          attempts.push_back(sign_error(*key, step, asked.good.body, message.good.body));
        }
        for (const auto& attempt : attempts) {
          if (attempt.signature == message.good.signature) continue;
          const auto refusal = message.judge(attempt);
          ASSERT_TRUE(refusal) << message.name;
          EXPECT_EQ(refusal->reason, RefusalReason::bad_signature);
          EXPECT_EQ(refusal->wire.code, core::ErrorCode::handshake_rejected);
        }
      }
    }
  }
}

TEST(Handshake, RefusesReflectedAndMisplacedMessages) {
  const HandshakeRun run;
  const auto all = messages(run);
  for (const auto& receiver : all) {
    for (const auto& other : all) {
      if (&receiver == &other) continue;
      EXPECT_TRUE(receiver.judge(other.good)) << other.name << " taken as " << receiver.name;
    }
  }
}

TEST(Handshake, RefusesMessagesOfAnotherHandshakeOfTheSamePeople) {
  const HandshakeRun run({.seed = 1}), other({.seed = 2});
  const auto here = messages(run), there = messages(other);
  for (std::size_t i = 1; i < here.size(); ++i) {  // an init alone belongs to no other message
    const auto refusal = here[i].judge(there[i].good);
    ASSERT_TRUE(refusal) << here[i].name;
    EXPECT_FALSE(refusal->ends);
  }
}

TEST(Handshake, RefusesAnotherIdOrAddressEvenWhenSigned) {
  const HandshakeRun run;
  for (const auto& message : messages(run)) {
    if (message.name == "init") continue;
    const auto id = message.sign(with_field(message.good.body, "handshake_id", std::string(22, 'A')));
    const auto refusal = message.judge(id);
    ASSERT_TRUE(refusal) << message.name;
    EXPECT_EQ(refusal->reason, RefusalReason::wrong_handshake) << message.name;
    for (const auto* field : {"initiator", "responder"}) {
      if (message.good.body.find("\"" + std::string(field) + "\"") == std::string::npos) continue;
      for (const auto* text : {"mallory@a.example", "alice@m.example", "bob@m.example:8471"}) {
        const auto wrong = message.judge(message.sign(with_field(message.good.body, field, text)));
        ASSERT_TRUE(wrong) << message.name;
        EXPECT_EQ(wrong->reason, RefusalReason::wrong_address) << message.name;
      }
    }
  }
}

TEST(Words, DifferWithAManInTheMiddle) {
  // Mallory in the middle has one handshake with each of them, and all secrets of his two halves.
  const HandshakeRun with_alice({.seed = 1}), with_bob({.seed = 2});
  EXPECT_NE(with_alice.a_words, with_bob.b_words);
  // Even the very same nonces don't make the words meet: the keys differ.
  EXPECT_NE(verification_words(with_alice.a_awaiting->keys.words, with_alice.a_awaiting->nonce, ResponderNonce{}),
            verification_words(with_bob.a_awaiting->keys.words, with_alice.a_awaiting->nonce, ResponderNonce{}));
}

TEST(Transcript, CoversEveryByteOfEveryPartAndTheirBorders) {
  const auto th1 = init_transcript("request", "answer");
  EXPECT_NE(th1, init_transcript("requestanswer", ""));
  EXPECT_NE(th1, init_transcript("answer", "request"));
  EXPECT_NE(th1, init_transcript("Request", "answer"));
  const auto th2 = exchange_transcript(th1, "a", "b");
  EXPECT_NE(th2, exchange_transcript(InitTranscript{}, "a", "b"));
  EXPECT_NE(th2, exchange_transcript(th1, "ab", ""));
  EXPECT_NE(verify_transcript(th2, "a", "b"), verify_transcript(ExchangeTranscript{}, "a", "b"));
}

}  // namespace
}  // namespace kith::federation
