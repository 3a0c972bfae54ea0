#include <gtest/gtest.h>

#include <functional>

#include "core/encoding.hpp"

#include "federation/handshake_rules.hpp"
#include "federation/key_soundness.hpp"
#include "federation/transcript.hpp"
#include "federation/wire/complete.hpp"
#include "federation/wire/exchange.hpp"
#include "federation/wire/verify.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/federation/handshake_run.hpp"

namespace kith::federation {
namespace {

using test::address;
using test::domain;
using test::HandshakeRun;
using test::must;
using test::SeededRandom;
using test::signing_key;
using test::some_time;

// How a step ended: nothing if the message was taken.
using Verdict = std::optional<HandshakeRefusal>;
template <class T>
Verdict verdict(const StepResult<T>& result) {
  if (result) return std::nullopt;
  return result.error();
}

// One of the eight messages of a run, how its receiver judges other bytes in its place, and who signs it as what.
struct Message {
  std::string name;
  SignedMessage good;
  std::function<Verdict(const SignedMessage&)> judge;
  std::function<SignedMessage(std::string)> sign;  // a body, as its right sender would sign it
};

std::vector<Message> messages(const HandshakeRun& run) {
  const auto& a = run.a_instance;
  const auto& b = run.b_instance;
  const auto request = [](const core::SigningKey& key, Step step) {
    return [&key, step](std::string body) { return sign_request(key, step, std::move(body)); };
  };
  const auto answer = [](const core::SigningKey& key, Step step, const SignedMessage& asked) {
    return [&key, step, &asked](std::string body) { return sign_response(key, step, asked.body, std::move(body)); };
  };
  return {
      {"init", run.init,
       [&](const SignedMessage& m) {
         return verdict(responder::check_init(m, domain("b.example:8471"), b.public_key()));
       },
       request(a, Step::init)},
      {"init answer", run.init_answer,
       [&](const SignedMessage& m) { return verdict(initiator::on_init_answer(*run.a_init_sent, run.init.body, m)); },
       answer(b, Step::init, run.init)},
      {"exchange", run.exchange,
       [&](const SignedMessage& m) {
         SeededRandom random(5);
         return verdict(initiator::on_exchange(*run.a_awaiting, a, run.a_keys.public_keys(), m, random));
       },
       request(b, Step::exchange)},
      {"exchange answer", run.exchange_answer,
       [&](const SignedMessage& m) {
         return verdict(responder::on_exchange_answer(*run.b_exchange_sent, run.exchange.body, m));
       },
       answer(a, Step::exchange, run.exchange)},
      {"verify", run.verify,
       [&](const SignedMessage& m) {
         return verdict(responder::on_verify(*run.b_exchanged, b, run.b_keys.sign, m, some_time()));
       },
       request(a, Step::verify)},
      {"verify answer", run.verify_answer,
       [&](const SignedMessage& m) {
         return verdict(initiator::on_verify_answer(*run.a_exchanged, run.verify.body, m));
       },
       answer(b, Step::verify, run.verify)},
      {"complete", run.complete,
       [&](const SignedMessage& m) { return verdict(responder::on_complete(*run.b_verified, b, m)); },
       request(a, Step::complete)},
      {"complete answer", run.complete_answer,
       [&](const SignedMessage& m) {
         return verdict(initiator::on_complete_answer(*run.a_verified, run.complete.body, m));
       },
       answer(b, Step::complete, run.complete)},
  };
}

// `body` with the text value of `field` replaced.
std::string with_field(const std::string& body, const std::string& field, const std::string& value) {
  const auto start = body.find("\"" + field + "\":\"") + field.size() + 4;
  const auto end = body.find('"', start);
  return body.substr(0, start) + value + body.substr(end);
}

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

TEST(Init, MustNameThisInstanceAndComeFromAnother) {
  const HandshakeRun run;
  const auto judge = [&](const SignedMessage& m, const char* own) {
    return verdict(responder::check_init(m, domain(own), run.b_instance.public_key()));
  };
  const auto elsewhere = judge(run.init, "c.example");
  ASSERT_TRUE(elsewhere);
  EXPECT_EQ(elsewhere->reason, RefusalReason::wrong_address);
  EXPECT_TRUE(elsewhere->ends);
  const auto swapped = sign_request(
      run.a_instance, Step::init,
      with_field(with_field(run.init.body, "initiator", "bob@b.example:8471"), "responder", "alice@a.example"));
  EXPECT_EQ(judge(swapped, "b.example:8471")->reason, RefusalReason::wrong_address);
  const auto from_us =
      sign_request(run.a_instance, Step::init, with_field(run.init.body, "initiator", "eve@b.example:8471"));
  EXPECT_EQ(judge(from_us, "b.example:8471")->reason, RefusalReason::wrong_address);
}

TEST(Init, RefusesOurOwnInstanceKey) {
  const HandshakeRun run;
  const auto reflected = responder::check_init(run.init, domain("b.example:8471"), run.a_instance.public_key());
  ASSERT_FALSE(reflected);
  EXPECT_EQ(reflected.error().reason, RefusalReason::own_key);
  EXPECT_FALSE(reflected.error().ends);
}

std::vector<core::BoxPublicKey> bad_box_keys() {
  std::vector<core::BoxPublicKey> keys(8);
  keys[1].data[0] = 1;
  for (std::size_t i = 2; i <= 4; ++i) {  // p-1, p, p+1
    keys[i].data.fill(0xFF);
    keys[i].data[31] = 0x7F;
    keys[i].data[0] = static_cast<std::uint8_t>(0xEA + i);
  }
  const auto order8 = core::from_hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800").value();
  keys[5] = core::BoxPublicKey::from(order8).value();
  const auto other8 = core::from_hex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157").value();
  keys[6] = core::BoxPublicKey::from(other8).value();
  keys[7] = test::box_key(9).public_key;  // a good key under a second spelling
  keys[7].data[31] |= 0x80;
  return keys;
}

TEST(KeySoundness, RefusesLowOrderAndNonCanonicalKeys) {
  for (const auto& key : bad_box_keys()) EXPECT_FALSE(is_acceptable(key)) << core::to_hex(key.view());
  EXPECT_TRUE(is_acceptable(test::box_key(9).public_key));
}

TEST(Init, RefusesLowOrderAndNonCanonicalTemporaryKeys) {
  const HandshakeRun run;
  const auto all = messages(run);
  for (const auto& key : bad_box_keys()) {
    const auto text = core::to_base64url(key.view());
    const auto init = all[0].judge(all[0].sign(with_field(run.init.body, "initiator_key", text)));
    ASSERT_TRUE(init);
    EXPECT_EQ(init->reason, RefusalReason::unsound_key);
    EXPECT_TRUE(init->ends);
    const auto answer = all[1].judge(all[1].sign(with_field(run.init_answer.body, "responder_key", text)));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->reason, RefusalReason::unsound_key);
  }
}

TEST(Init, RefusesUnsoundInstanceKeys) {
  const HandshakeRun run;
  for (const auto first : {std::uint8_t{0}, std::uint8_t{1}}) {  // small order
    core::VerifyKey key;
    key.data[0] = first;
    const auto body = with_field(run.init.body, "instance_key", core::to_base64url(key.view()));
    // A small-order key would take this signature of nothing under a lax check.
    const auto refusal = messages(run)[0].judge({body, core::Signature{{1}}});
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->reason, RefusalReason::unsound_key);
  }
}

TEST(InitAnswer, MustCarryTheExpectedInstanceKey) {
  const HandshakeRun run;
  const auto mallory = signing_key(66);
  const auto body = with_field(run.init_answer.body, "instance_key", core::to_base64url(mallory.public_key().view()));
  const auto refusal = messages(run)[1].judge(sign_response(mallory, Step::init, run.init.body, body));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, RefusalReason::key_mismatch);
  EXPECT_EQ(refusal->wire.code, core::ErrorCode::key_mismatch);
  // Somebody who merely copies the right key has no signature for it.
  EXPECT_EQ(messages(run)[1].judge(sign_response(mallory, Step::init, run.init.body, run.init_answer.body))->reason,
            RefusalReason::bad_signature);
}

TEST(InitAnswer, RefusesOurOwnTemporaryKey) {
  const HandshakeRun run;
  const auto own = core::to_base64url(run.a_init_sent->temporary.public_key.view());
  const auto all = messages(run);
  const auto refusal = all[1].judge(all[1].sign(with_field(run.init_answer.body, "responder_key", own)));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, RefusalReason::own_key);
}

TEST(Init, MakesNoneToItsOwnInstance) {
  const HandshakeRun run;
  SeededRandom random;
  const auto inputs = [&](const char* to, const InstanceKey& key) {
    return initiator::InitInputs{.initiator = address("alice@a.example"),
                                 .responder = address(to),
                                 .purpose = "",
                                 .timestamp = some_time(),
                                 .expected_instance = key,
                                 .invite = std::nullopt,
                                 .key_statements = {}};
  };
  EXPECT_FALSE(initiator::make_init(run.a_instance, inputs("bob@a.example", run.b_instance.public_key()), random));
  EXPECT_FALSE(initiator::make_init(run.a_instance, inputs("bob@b.example", run.a_instance.public_key()), random));
  auto long_purpose = inputs("bob@b.example", run.b_instance.public_key());
  long_purpose.purpose = std::string(281, 'x');
  EXPECT_FALSE(initiator::make_init(run.a_instance, std::move(long_purpose), random));
}

TEST(Init, RefusesStatementsThatDoNotLeadToItsKey) {
  const HandshakeRun run;
  const auto all = messages(run);
  auto init = must(wire::InitRequest::parse(run.init.body));
  const auto a = domain("a.example");
  init.key_statements = {make_key_statement(a, 1, signing_key(40), run.a_instance, some_time())};
  EXPECT_FALSE(all[0].judge(all[0].sign(init.serialise())));
  init.key_statements = {make_key_statement(a, 1, run.a_instance, signing_key(40), some_time())};
  const auto elsewhere = all[0].judge(all[0].sign(init.serialise()));
  ASSERT_TRUE(elsewhere);
  EXPECT_EQ(elsewhere->reason, RefusalReason::key_mismatch);
  EXPECT_TRUE(elsewhere->ends);
}

TEST(InitAnswer, TellsOfACrossedHandshake) {
  const HandshakeRun run;
  auto answer = must(wire::InitAnswer::parse(run.init_answer.body));
  answer.status = wire::InitStatus::crossed;
  const auto crossed = sign_response(run.b_instance, Step::init, run.init.body, answer.serialise());
  EXPECT_EQ(must(initiator::on_init_answer(*run.a_init_sent, run.init.body, crossed)).status,
            wire::InitStatus::crossed);
}

TEST(Invite, MustBeProvenAtInit) {
  const HandshakeRun run({.with_invite = true});
  const auto init = must(wire::InitRequest::parse(run.init.body));
  SeededRandom random;
  const auto judge = [&](const wire::InitRequest& request, const InviteSecret* secret) {
    return verdict(responder::answer_init(request, run.init.body, run.b_instance,
                                          {wire::InitStatus::pending, some_time(), secret, {}}, random));
  };
  const auto right = test::invite_secret();
  const auto wrong = InviteSecret::from(core::Bytes(32, 1)).value();
  EXPECT_FALSE(judge(init, &right));
  for (const auto* secret : {&wrong, static_cast<const InviteSecret*>(nullptr)}) {
    const auto refusal = judge(init, secret);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->reason, RefusalReason::invite);
    EXPECT_TRUE(refusal->ends);
  }
  auto other = must(wire::InitRequest::parse(run.init.body));
  other.initiator = address("mallory@a.example");
  EXPECT_TRUE(judge(other, &right));
}

TEST(Exchange, RefusesAnotherTranscriptAndAnotherSealedPayload) {
  const HandshakeRun run;
  const auto all = messages(run);
  const auto wrong = all[2].judge(all[2].sign(with_field(run.exchange.body, "transcript", std::string(43, 'A'))));
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->reason, RefusalReason::wrong_transcript);
  EXPECT_FALSE(wrong->ends);

  auto request = must(wire::ExchangeRequest::parse(run.exchange.body));
  for (std::size_t i = 0; i < request.approval->sealed.size(); ++i) {
    request.approval->sealed[i] ^= 1;
    const auto refusal = all[2].judge(all[2].sign(request.serialise()));
    ASSERT_TRUE(refusal) << i;
    EXPECT_EQ(refusal->reason, RefusalReason::payload_unreadable);
    EXPECT_FALSE(refusal->ends);
    request.approval->sealed[i] ^= 1;
  }
  auto answer = must(wire::ExchangeAnswer::parse(run.exchange_answer.body));
  for (std::size_t i = 0; i < answer.keys->sealed.size(); ++i) {
    answer.keys->sealed[i] ^= 1;
    EXPECT_EQ(all[3].judge(all[3].sign(answer.serialise()))->reason, RefusalReason::payload_unreadable) << i;
    answer.keys->sealed[i] ^= 1;
  }
}

TEST(Exchange, TheAnswersSealedKeysDoNotOpenAsTheRequests) {
  const HandshakeRun run;
  auto request = must(wire::ExchangeRequest::parse(run.exchange.body));
  request.approval->sealed = must(wire::ExchangeAnswer::parse(run.exchange_answer.body)).keys->sealed;
  const auto all = messages(run);
  EXPECT_EQ(all[2].judge(all[2].sign(request.serialise()))->reason, RefusalReason::payload_unreadable);
}

// An exchange request with these permanent keys inside, as B would make it.
SignedMessage exchange_with(const HandshakeRun& run, const PermanentPublicKeys& keys) {
  SeededRandom random(3);
  return responder::make_approval(*run.b_awaiting, run.b_instance, keys, random).request;
}
SignedMessage exchange_answer_with(const HandshakeRun& run, const PermanentPublicKeys& keys,
                                   const InitiatorNonce& nonce) {
  SeededRandom random(3);
  const wire::ExchangeAnswer answer{
      run.b_awaiting->parties.handshake_id,
      wire::ExchangeAnswer::Keys{
          run.b_awaiting->parties.initiator,
          seal_initiator_keys(run.a_awaiting->keys.i2r, run.a_awaiting->th1, keys, nonce, random)}};
  return sign_response(run.a_instance, Step::exchange, run.exchange.body, answer.serialise());
}

TEST(Exchange, RefusesUnsoundAndOwnPermanentKeys) {
  const HandshakeRun run;
  const auto all = messages(run);
  const auto& nonce = run.a_awaiting->nonce;
  const auto good = test::permanent_keys(99).public_keys();
  EXPECT_FALSE(all[3].judge(exchange_answer_with(run, good, nonce)));
  struct Case {
    PermanentPublicKeys to_a, to_b;
    RefusalReason reason;
  };
  const auto a = run.a_keys.public_keys(), b = run.b_keys.public_keys();
  std::vector<Case> cases{{{a.sign_key, good.box_key}, {b.sign_key, good.box_key}, RefusalReason::own_key},
                          {{good.sign_key, a.box_key}, {good.sign_key, b.box_key}, RefusalReason::own_key},
                          {{{}, good.box_key}, {{}, good.box_key}, RefusalReason::unsound_key}};
  for (const auto& key : bad_box_keys()) {
    cases.push_back({{good.sign_key, key}, {good.sign_key, key}, RefusalReason::unsound_key});
  }
  for (const auto& one : cases) {
    const auto at_a = all[2].judge(exchange_with(run, one.to_a));
    ASSERT_TRUE(at_a);
    EXPECT_EQ(at_a->reason, one.reason);
    EXPECT_TRUE(at_a->ends);
    const auto at_b = all[3].judge(exchange_answer_with(run, one.to_b, nonce));
    ASSERT_TRUE(at_b);
    EXPECT_EQ(at_b->reason, one.reason);
    EXPECT_TRUE(at_b->ends);
  }
}

TEST(Exchange, RefusesANonceThatWasNotCommittedTo) {
  const HandshakeRun run;
  const auto other = InitiatorNonce::from(core::Bytes(16, 1)).value();
  const auto refusal = messages(run)[3].judge(exchange_answer_with(run, run.a_keys.public_keys(), other));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, RefusalReason::commitment_mismatch);
  EXPECT_TRUE(refusal->ends);
}

TEST(Exchange, ARejectionIsToldAndAcknowledgedWithoutKeys) {
  const HandshakeRun run;
  SeededRandom random;
  const auto rejection = responder::make_rejection(*run.b_awaiting, run.b_instance);
  EXPECT_EQ(rejection.body.find("sealed"), std::string::npos);
  const auto outcome =
      must(initiator::on_exchange(*run.a_awaiting, run.a_instance, run.a_keys.public_keys(), rejection, random));
  const auto& rejected = std::get<initiator::ExchangeRejected>(outcome);
  EXPECT_TRUE(responder::on_rejection_answer(run.b_awaiting->parties, rejection.body, rejected.answer));
  // The answers of one decision are none to the other.
  EXPECT_FALSE(responder::on_rejection_answer(run.b_awaiting->parties, run.exchange.body, run.exchange_answer));
  const auto as_approval = sign_response(run.a_instance, Step::exchange, run.exchange.body, rejected.answer.body);
  EXPECT_EQ(messages(run)[3].judge(as_approval)->reason, RefusalReason::wrong_decision);
}

TEST(Verify, RefusesInnerSignaturesOfAnotherRoleKeyTimeOrTranscript) {
  const HandshakeRun run;
  const auto all = messages(run);
  const auto& state = *run.a_exchanged;
  const auto& parties = state.parties;
  const auto inner = [&](const core::SigningKey& key, Role role, const ExchangeTranscript& th2, int signed_at) {
    return core::to_base64url(
        sign_verify(key, role, th2, parties.initiator, parties.responder, some_time(signed_at)).view());
  };
  auto other_th2 = state.th2;
  other_th2.data[31] ^= 1;
  for (const auto& text :
       {inner(run.a_keys.sign, Role::responder, state.th2, 2), inner(run.a_instance, Role::initiator, state.th2, 2),
        inner(run.b_keys.sign, Role::initiator, state.th2, 2), inner(run.a_keys.sign, Role::initiator, other_th2, 2),
        inner(run.a_keys.sign, Role::initiator, state.th2, 3)}) {
    const auto refusal = all[4].judge(all[4].sign(with_field(run.verify.body, "signature", text)));
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->reason, RefusalReason::inner_signature);
    EXPECT_FALSE(refusal->ends);
  }
  for (const auto& text :
       {inner(run.b_keys.sign, Role::initiator, state.th2, 3), inner(run.b_instance, Role::responder, state.th2, 3),
        inner(run.a_keys.sign, Role::responder, state.th2, 3), inner(run.b_keys.sign, Role::responder, other_th2, 3)}) {
    const auto refusal = all[5].judge(all[5].sign(with_field(run.verify_answer.body, "signature", text)));
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->reason, RefusalReason::inner_signature);
    EXPECT_TRUE(refusal->ends);
  }
}

TEST(Verify, AddressesAreBoundIntoTheInnerSignature) {
  const HandshakeRun run;
  const auto& state = *run.b_exchanged;
  const auto alice = address("alice@a.example"), bob = address("bob@b.example:8471"),
             eve = address("eve@b.example:8471");
  const auto signature = sign_verify(run.a_keys.sign, Role::initiator, state.th2, alice, bob, some_time());
  const auto& key = run.a_keys.sign.public_key();
  EXPECT_TRUE(check_verify(key, Role::initiator, state.th2, alice, bob, some_time(), signature));
  EXPECT_FALSE(check_verify(key, Role::initiator, state.th2, alice, eve, some_time(), signature));
  EXPECT_FALSE(check_verify(key, Role::initiator, state.th2, eve, bob, some_time(), signature));
  EXPECT_FALSE(check_verify(key, Role::initiator, state.th2, bob, alice, some_time(), signature));
}

TEST(Complete, RefusesEveryOtherMacIncludingTheOtherRoles) {
  const HandshakeRun run;
  const auto all = messages(run);
  const auto& state = *run.a_verified;
  const auto judge = [&](const Message& m, const char* field, core::ByteView mac) {
    return m.judge(m.sign(with_field(m.good.body, field, core::to_base64url(mac))));
  };
  EXPECT_FALSE(judge(all[6], "confirmation", confirmation_of(state.confirm, state.th3).view()));
  const auto reflected = judge(all[6], "confirmation", acknowledgment_of(state.confirm, state.th3).view());
  EXPECT_EQ(reflected->reason, RefusalReason::wrong_confirmation);
  EXPECT_EQ(judge(all[7], "acknowledgment", confirmation_of(state.confirm, state.th3).view())->reason,
            RefusalReason::wrong_confirmation);
  for (std::size_t i = 0; i < 32; ++i) {
    auto mac = confirmation_of(state.confirm, state.th3);
    mac.data[i] ^= 4;
    EXPECT_TRUE(judge(all[6], "confirmation", mac.view())) << i;
    auto answer = acknowledgment_of(state.confirm, state.th3);
    answer.data[i] ^= 4;
    EXPECT_TRUE(judge(all[7], "acknowledgment", answer.view())) << i;
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
