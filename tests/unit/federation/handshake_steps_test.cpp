#include <gtest/gtest.h>

#include "core/encoding.hpp"
#include "federation/key_soundness.hpp"
#include "federation/wire/complete.hpp"
#include "federation/wire/exchange.hpp"
#include "federation/wire/verify.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/federation/handshake_messages.hpp"

namespace kith::federation {
namespace {

using test::address;
using test::domain;
using test::HandshakeRun;
using test::Message;
using test::messages;
using test::must;
using test::SeededRandom;
using test::signing_key;
using test::some_time;
using test::verdict;
using test::with_field;

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

}  // namespace
}  // namespace kith::federation
