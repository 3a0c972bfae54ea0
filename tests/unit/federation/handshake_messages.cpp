#include "tests/unit/federation/handshake_messages.hpp"

#include "tests/support/seeded_random.hpp"

namespace kith::test {

using namespace federation;

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

std::string with_field(const std::string& body, const std::string& field, const std::string& value) {
  const auto start = body.find("\"" + field + "\":\"") + field.size() + 4;
  const auto end = body.find('"', start);
  return body.substr(0, start) + value + body.substr(end);
}

}  // namespace kith::test
