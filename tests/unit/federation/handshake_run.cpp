#include "tests/unit/federation/handshake_run.hpp"

#include <stdexcept>

#include "tests/support/seeded_random.hpp"

namespace kith::test {

using namespace federation;

void ScriptedRandom::fill(std::span<std::uint8_t> out) {
  if (script_.size() < out.size()) throw std::runtime_error("the script has too few bytes");
  std::copy_n(script_.begin(), out.size(), out.begin());
  script_.erase(script_.begin(), script_.begin() + static_cast<std::ptrdiff_t>(out.size()));
}

Address address(std::string_view text) {
  return must(Address::parse(text));
}

Domain domain(std::string_view text) {
  return must(Domain::parse(text));
}

core::SigningKey signing_key(std::uint8_t seed) {
  return core::SigningKey(core::SigningSeed::from(core::Bytes(32, seed)).value());
}

core::BoxKeyPair box_key(std::uint8_t secret) {
  return core::BoxKeyPair::from_secret(core::BoxSecretKey::from(core::Bytes(32, secret)).value());
}

PermanentKeys permanent_keys(std::uint8_t seed) {
  return {signing_key(seed), box_key(seed)};
}

core::Timestamp some_time(int seconds) {
  return core::from_unix_ms(1'795'000'000'123 + seconds * 1000);
}

InviteSecret invite_secret() {
  return InviteSecret::from(core::Bytes(32, kInviteSecretByte)).value();
}

HandshakeRun::HandshakeRun(const HandshakeSetting& setting) {
  SeededRandom random(setting.seed);
  initiator::InitInputs inputs{.initiator = address(setting.initiator),
                               .responder = address(setting.responder),
                               .purpose = "Photos of the summer",
                               .delivery = wire::Delivery::push,
                               .timestamp = some_time(),
                               .expected_instance = b_instance.public_key(),
                               .invite = std::nullopt,
                               .key_statements = {}};
  const auto secret = invite_secret();
  if (setting.with_invite) inputs.invite = initiator::InitInputs::Invite{WireInviteId{{9}}, invite_secret()};
  auto started = must(initiator::make_init(a_instance, std::move(inputs), random));
  init = started.request;
  a_init_sent = std::move(started.state);

  const auto checked = must(responder::check_init(init, domain(setting.responder.substr(4)), b_instance.public_key()));
  auto answered = must(responder::answer_init(checked, init.body, b_instance,
                                              {wire::InitStatus::pending, some_time(1), &secret, {}}, random));
  init_answer = answered.answer;
  b_awaiting = std::move(answered.state);
  a_awaiting = must(initiator::on_init_answer(*a_init_sent, init.body, init_answer)).state;

  auto approval = responder::make_approval(*b_awaiting, b_instance, b_keys.public_keys(), random);
  exchange = approval.request;
  b_exchange_sent = std::move(approval.state);
  auto outcome = must(initiator::on_exchange(*a_awaiting, a_instance, a_keys.public_keys(), exchange, random));
  auto& approved = std::get<initiator::ExchangeApproved>(outcome);
  exchange_answer = approved.answer;
  a_words = approved.words;
  a_exchanged = std::move(approved.state);
  auto taken = must(responder::on_exchange_answer(*b_exchange_sent, exchange.body, exchange_answer));
  b_words = taken.words;
  b_exchanged = std::move(taken.state);

  verify = initiator::make_verify(*a_exchanged, a_instance, a_keys.sign, some_time(2));
  auto verified = must(responder::on_verify(*b_exchanged, b_instance, b_keys.sign, verify, some_time(3)));
  verify_answer = verified.answer;
  b_verified = std::move(verified.state);
  a_verified = must(initiator::on_verify_answer(*a_exchanged, verify.body, verify_answer));

  complete = initiator::make_complete(*a_verified, a_instance);
  auto completed = must(responder::on_complete(*b_verified, b_instance, complete));
  complete_answer = completed.answer;
  b_connection = completed.connection;
  a_connection = must(initiator::on_complete_answer(*a_verified, complete.body, complete_answer));
}

}  // namespace kith::test
