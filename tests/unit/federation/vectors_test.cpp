// Recomputes tests/vectors/*.json: each file's `outputs` from its `inputs`, compared value by value. With
// KITH_WRITE_VECTORS=1 in the environment the outputs are written instead.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "federation/invite_link.hpp"
#include "federation/transcript.hpp"
#include "federation/wire/complete.hpp"
#include "federation/wire/exchange.hpp"
#include "federation/wire/verify.hpp"
#include "tests/unit/federation/handshake_run.hpp"

namespace kith::federation {
namespace {

using core::to_hex;
using test::must;
using test::ScriptedRandom;
using Json = nlohmann::ordered_json;

core::Bytes bytes(const Json& inputs, const std::string& name) {
  return core::from_hex(inputs.at(name).get<std::string>()).value();
}
template <class T>
T fixed(const Json& inputs, const std::string& name) {
  return T::from(bytes(inputs, name)).value();
}
core::SigningKey signing_key(const Json& inputs, const std::string& name) {
  return core::SigningKey(fixed<core::SigningSeed>(inputs, name));
}
Address address(const Json& inputs, const std::string& name) {
  return must(Address::parse(inputs.at(name).get<std::string>()));
}
core::Timestamp time(const Json& inputs, const std::string& name) {
  return core::parse_timestamp(inputs.at(name).get<std::string>()).value();
}
PermanentKeys permanent_keys(const Json& inputs, const std::string& who) {
  return {signing_key(inputs, who + "_sign_seed"),
          core::BoxKeyPair::from_secret(fixed<core::BoxSecretKey>(inputs, who + "_box_secret"))};
}
ScriptedRandom script(const Json& inputs, std::initializer_list<const char*> names) {
  core::Bytes all;
  for (const auto* name : names) {
    const auto part = bytes(inputs, name);
    all.insert(all.end(), part.begin(), part.end());
  }
  return ScriptedRandom(std::move(all));
}
Json told(const SignedMessage& message) {
  return {{"body", message.body}, {"kith_signature", signature_header(message.signature)}};
}
Json told(const PermanentPublicKeys& keys) {
  return {{"sign_key", to_hex(keys.sign_key.view())}, {"box_key", to_hex(keys.box_key.view())}};
}
std::string bits_of(const core::Mac& mac) {
  std::string bits;
  for (std::size_t i = 0; i < kWordCount * kBitsPerWord; ++i) bits += (mac.data[i / 8] >> (7 - i % 8) & 1) ? '1' : '0';
  return bits;
}

// One handshake from given secrets, and every value on its way.
class HandshakeVector {
 public:
  explicit HandshakeVector(const Json& inputs)
      : in_(inputs),
        a_(signing_key(inputs, "initiator_instance_seed")),
        b_(signing_key(inputs, "responder_instance_seed")),
        a_keys_(permanent_keys(inputs, "initiator")),
        b_keys_(permanent_keys(inputs, "responder")) {
    if (in_.contains("invite_secret")) secret_ = fixed<InviteSecret>(in_, "invite_secret");
  }

  Json compute() {
    init();
    key_schedule();
    exchange();
    verify_and_complete();
    return std::move(out_);
  }

 private:
  const InviteSecret* secret() const { return secret_ ? &*secret_ : nullptr; }

  void init() {
    initiator::InitInputs inputs{.initiator = address(in_, "initiator"),
                                 .responder = address(in_, "responder"),
                                 .purpose = in_.at("purpose").get<std::string>(),
                                 .delivery = wire::Delivery::push,
                                 .timestamp = time(in_, "init_time"),
                                 .expected_instance = b_.public_key(),
                                 .invite = std::nullopt,
                                 .key_statements = {}};
    if (secret_) {
      inputs.invite = initiator::InitInputs::Invite{fixed<WireInviteId>(in_, "invite_id"), secret_->duplicate()};
    }
    auto random = script(in_, {"handshake_id", "initiator_temporary_secret", "nonce_a"});
    auto started = must(initiator::make_init(a_, std::move(inputs), random));
    init_ = started.request;
    const auto request = must(responder::check_init(init_, address(in_, "responder").domain(), b_.public_key()));
    auto random_b = script(in_, {"responder_temporary_secret"});
    auto answered = must(responder::answer_init(
        request, init_.body, b_, {wire::InitStatus::pending, time(in_, "init_answer_time"), secret(), {}}, random_b));
    answer_ = answered.answer;
    b_waiting_ = std::move(answered.state);
    a_waiting_ = must(initiator::on_init_answer(started.state, init_.body, answer_)).state;
    out_["initiator_instance_key"] = to_hex(a_.public_key().view());
    out_["responder_instance_key"] = to_hex(b_.public_key().view());
    out_["initiator_key"] = to_hex(request.initiator_key.view());
    out_["commitment"] = to_hex(request.commitment.view());
    if (request.invite) out_["invite_mac"] = to_hex(request.invite->mac.view());
    out_["init_request"] = told(init_);
    out_["init_request_hash"] = to_hex(request_hash(init_.body).view());
    out_["init_answer"] = told(answer_);
  }

  // Each value once more by the single functions, and the same as the steps found.
  void key_schedule() {
    const auto th1 = init_transcript(init_.body, answer_.body);
    const auto own = fixed<core::BoxSecretKey>(in_, "initiator_temporary_secret");
    const auto peer = must(wire::InitAnswer::parse(answer_.body)).responder_key;
    const auto prk = must(handshake_prk(own, peer, secret(), th1));
    const auto keys = expand_handshake_keys(prk);
    EXPECT_EQ(keys.i2r, a_waiting_->keys.i2r);
    EXPECT_EQ(keys.confirm, b_waiting_->keys.confirm);
    out_["responder_key"] = to_hex(peer.view());
    out_["th1"] = to_hex(th1.view());
    out_["x25519"] = to_hex(must(core::x25519(own, peer)).view());
    out_["prk"] = to_hex(prk.view());
    out_["i2r"] = to_hex(keys.i2r.view());
    out_["r2i"] = to_hex(keys.r2i.view());
    out_["confirm"] = to_hex(keys.confirm.view());
    out_["words_key"] = to_hex(keys.words.view());
    const auto rejection = responder::make_rejection(*b_waiting_, b_);
    ScriptedRandom none{{}};
    const auto outcome = must(initiator::on_exchange(*a_waiting_, a_, a_keys_.public_keys(), rejection, none));
    out_["rejection_request"] = told(rejection);
    out_["rejection_answer"] = told(std::get<initiator::ExchangeRejected>(outcome).answer);
    const core::Error ended{core::ErrorCode::handshake_ended, "This handshake has ended.", {}, {}};
    out_["refusal_410_of_init"] = told(sign_refusal(b_, Step::init, init_.body, ended));
  }

  void exchange() {
    auto random_b = script(in_, {"nonce_b", "exchange_request_seal_nonce"});
    auto sent = responder::make_approval(*b_waiting_, b_, b_keys_.public_keys(), random_b);
    auto random_a = script(in_, {"exchange_answer_seal_nonce"});
    auto outcome = must(initiator::on_exchange(*a_waiting_, a_, a_keys_.public_keys(), sent.request, random_a));
    auto& approved = std::get<initiator::ExchangeApproved>(outcome);
    auto taken = must(responder::on_exchange_answer(sent.state, sent.request.body, approved.answer));
    EXPECT_EQ(taken.words, approved.words);
    const auto mac =
        words_mac(a_waiting_->keys.words, fixed<InitiatorNonce>(in_, "nonce_a"), fixed<ResponderNonce>(in_, "nonce_b"));
    out_["initiator_permanent"] = told(a_keys_.public_keys());
    out_["responder_permanent"] = told(b_keys_.public_keys());
    out_["exchange_request_payload"] = wire::SealedKeys{b_keys_.public_keys(), std::nullopt}.serialise();
    out_["exchange_request"] = told(sent.request);
    out_["exchange_answer_payload"] =
        wire::SealedKeys{a_keys_.public_keys(), fixed<InitiatorNonce>(in_, "nonce_a")}.serialise();
    out_["exchange_answer"] = told(approved.answer);
    out_["th2"] = to_hex(approved.state.th2.view());
    out_["words_mac"] = to_hex(mac.view());
    out_["words_bits"] = bits_of(mac);
    out_["words"] = join_words(approved.words);
    const auto& parties = approved.state.parties;
    const auto poll = initiator::make_poll(parties, a_, std::chrono::seconds{30}, approved.answer);
    out_["poll_request"] = told(poll);
    out_["poll_answer_decided"] =
        told(responder::answer_poll(parties, b_, poll.body, wire::PollStatus::decided, sent.request));
    out_["poll_answer_accepted"] =
        told(responder::answer_poll(parties, b_, poll.body, wire::PollStatus::accepted, std::nullopt));
    a_exchanged_ = std::move(approved.state);
    b_exchanged_ = std::move(taken.state);
  }

  void verify_and_complete() {
    const auto request = initiator::make_verify(*a_exchanged_, a_, a_keys_.sign, time(in_, "verify_time"));
    auto answered =
        must(responder::on_verify(*b_exchanged_, b_, b_keys_.sign, request, time(in_, "verify_answer_time")));
    const auto verified = must(initiator::on_verify_answer(*a_exchanged_, request.body, answered.answer));
    const auto complete = initiator::make_complete(verified, a_);
    const auto completed = must(responder::on_complete(answered.state, b_, complete));
    const auto connection = must(initiator::on_complete_answer(verified, complete.body, completed.answer));
    EXPECT_EQ(connection, completed.connection);
    out_["verify_request"] = told(request);
    out_["verify_answer"] = told(answered.answer);
    out_["th3"] = to_hex(verified.th3.view());
    out_["complete_request"] = told(complete);
    out_["complete_answer"] = told(completed.answer);
    out_["confirmation"] = to_hex(confirmation_of(verified.confirm, verified.th3).view());
    out_["acknowledgment"] = to_hex(acknowledgment_of(verified.confirm, verified.th3).view());
    out_["connection_id"] = to_hex(connection.view());
  }

  const Json& in_;
  core::SigningKey a_, b_;
  PermanentKeys a_keys_, b_keys_;
  std::optional<InviteSecret> secret_;
  SignedMessage init_, answer_;
  std::optional<AwaitingExchange> a_waiting_;
  std::optional<AwaitingDecision> b_waiting_;
  std::optional<Exchanged> a_exchanged_, b_exchanged_;
  Json out_;
};

Json handshake_outputs(const Json& inputs) {
  return HandshakeVector(inputs).compute();
}

Json key_statement_outputs(const Json& inputs) {
  const auto domain = must(Domain::parse(inputs.at("domain").get<std::string>()));
  const auto statement =
      make_key_statement(domain, inputs.at("number").get<std::uint64_t>(), signing_key(inputs, "old_seed"),
                         signing_key(inputs, "new_seed"), time(inputs, "timestamp"));
  EXPECT_TRUE(is_valid(statement));
  return {{"old_key", to_hex(statement.old_key.view())},
          {"new_key", to_hex(statement.new_key.view())},
          {"signed_bytes", to_hex(key_statement_bytes(statement))},
          {"old_signature", to_hex(statement.old_signature.view())},
          {"new_signature", to_hex(statement.new_signature.view())}};
}

Json fingerprint_outputs(const Json& inputs) {
  const auto print = Fingerprint::of(fixed<InstanceKey>(inputs, "instance_key"));
  return {{"compact", print.compact()}, {"grouped", print.grouped()}};
}

Json invite_outputs(const Json& inputs) {
  const InviteLink link{address(inputs, "address"), Fingerprint::of(fixed<InstanceKey>(inputs, "instance_key")),
                        fixed<WireInviteId>(inputs, "id"), fixed<InviteSecret>(inputs, "secret")};
  return {{"link", build_invite_link(inputs.at("web_url").get<std::string>(), link)}};
}

Json address_outputs(const Json& inputs) {
  return {{"taken", Address::parse(inputs.at("text").get<std::string>()).has_value()}};
}

// Every case of the file, through `compute`.
void check_file(const std::string& name, Json (*compute)(const Json&)) {
  const auto path = std::string(KITH_SOURCE_DIR) + "/tests/vectors/" + name;
  std::ifstream in(path);
  auto file = Json::parse(in);
  ASSERT_FALSE(file.at("cases").empty());
  const bool write = std::getenv("KITH_WRITE_VECTORS") != nullptr;
  for (auto& one : file["cases"]) {
    const auto outputs = compute(one.at("inputs"));
    if (write) one["outputs"] = outputs;
    for (const auto& [field, value] : outputs.items())
      EXPECT_EQ(one.at("outputs").at(field), value) << name << " " << field;
    EXPECT_EQ(one.at("outputs").size(), outputs.size());
  }
  if (write) std::ofstream(path) << file.dump(2, ' ', false) << "\n";
}

TEST(Vectors, Handshake) {
  check_file("handshake.json", handshake_outputs);
}
TEST(Vectors, KeyStatement) {
  check_file("key_statement.json", key_statement_outputs);
}
TEST(Vectors, Fingerprint) {
  check_file("fingerprint.json", fingerprint_outputs);
}
TEST(Vectors, InviteLink) {
  check_file("invite_link.json", invite_outputs);
}
TEST(Vectors, Addresses) {
  check_file("addresses.json", address_outputs);
}

}  // namespace
}  // namespace kith::federation
