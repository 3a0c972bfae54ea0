// Every handshake message's parser, and every step on hostile bytes. The first byte picks the message; half the time
// the rest is signed by the right key, so that fuzzing reaches what stands behind the signature.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "federation/handshake_rules.hpp"
#include "federation/initiator.hpp"
#include "federation/responder.hpp"
#include "federation/wire/complete.hpp"
#include "federation/wire/exchange.hpp"
#include "federation/wire/verify.hpp"

namespace {

using namespace kith;
using namespace kith::federation;

class Counting final : public core::Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = ++next_;
  }

 private:
  std::uint8_t next_ = 0;
};

void require(bool holds) {
  if (!holds) std::abort();
}

// What was parsed is taken again as it is written, and says the same.
template <class Message>
void parse(std::string_view body) {
  const auto message = Message::parse(body);
  if (!message) return;
  const auto text = message->serialise();
  const auto again = Message::parse(text);
  require(again.has_value() && again->serialise() == text);
}

// One handshake, brought to the middle, that all inputs are tried on.
struct Stage {
  core::SigningKey a{core::SigningSeed::from(core::Bytes(32, 1)).value()};
  core::SigningKey b{core::SigningSeed::from(core::Bytes(32, 2)).value()};
  Counting random;
  PermanentKeys a_keys = PermanentKeys::generate(random), b_keys = PermanentKeys::generate(random);
  initiator::StartedInit init;
  responder::AnsweredInit answered;
  AwaitingExchange waiting;
  responder::StartedExchange exchange;
  Exchanged a_exchanged, b_exchanged;
  Verified verified;

  Stage()
      : init(*initiator::make_init(a,
                                   {.initiator = *Address::parse("alice@a.example"),
                                    .responder = *Address::parse("bob@b.example"),
                                    .purpose = "p",
                                    .timestamp = {},
                                    .expected_instance = b.public_key(),
                                    .invite = std::nullopt,
                                    .key_statements = {}},
                                   random)),
        answered(
            *responder::answer_init(*wire::InitRequest::parse(init.request.body), init.request.body, b, {}, random)),
        waiting(std::move(initiator::on_init_answer(init.state, init.request.body, answered.answer)->state)),
        exchange(responder::make_approval(answered.state, b, b_keys.public_keys(), random)),
        a_exchanged{waiting.parties, {}, {}, b_keys.public_keys()},
        b_exchanged{waiting.parties, {}, {}, a_keys.public_keys()},
        verified{waiting.parties, {}, {}} {}
};

template <class T>
void note(const StepResult<T>& result) {
  require(result.has_value() || !reason_name(result.error().reason).empty());
}

void step(Stage& s, unsigned which, const std::string& body, bool sign) {
  const auto request = [&](const core::SigningKey& key, Step kind) {
    return sign ? sign_request(key, kind, body) : SignedMessage{body, {}};
  };
  const auto answer = [&](const core::SigningKey& key, Step kind, const std::string& asked) {
    return sign ? sign_response(key, kind, asked, body) : SignedMessage{body, {}};
  };
  const auto& parties = s.waiting.parties;
  switch (which) {
    case 0:
      return note(responder::check_init(request(s.a, Step::init), parties.responder.domain(), s.b.public_key()));
    case 1:
      return note(
          initiator::on_init_answer(s.init.state, s.init.request.body, answer(s.b, Step::init, s.init.request.body)));
    case 2:
      return note(
          initiator::on_exchange(s.waiting, s.a, s.a_keys.public_keys(), request(s.b, Step::exchange), s.random));
    case 3:
      return note(responder::on_exchange_answer(s.exchange.state, s.exchange.request.body,
                                                answer(s.a, Step::exchange, s.exchange.request.body)));
    case 4:
      return note(responder::on_verify(s.b_exchanged, s.b, s.b_keys.sign, request(s.a, Step::verify), {}));
    case 5:
      return note(initiator::on_verify_answer(s.a_exchanged, "{}", answer(s.b, Step::verify, "{}")));
    case 6:
      return note(responder::on_complete(s.verified, s.b, request(s.a, Step::complete)));
    case 7:
      return note(initiator::on_complete_answer(s.verified, "{}", answer(s.b, Step::complete, "{}")));
    case 8:
      return note(responder::check_poll(parties, request(s.a, Step::poll)));
    case 9:
      return note(initiator::on_poll_answer(parties, "{}", answer(s.b, Step::poll, "{}")));
    default:
      break;
  }
}

void parse_all(std::string_view body) {
  parse<wire::InitRequest>(body);
  parse<wire::InitAnswer>(body);
  parse<wire::ExchangeRequest>(body);
  parse<wire::ExchangeAnswer>(body);
  parse<wire::SealedKeys>(body);
  parse<wire::VerifyRequest>(body);
  parse<wire::VerifyAnswer>(body);
  parse<wire::CompleteRequest>(body);
  parse<wire::CompleteAnswer>(body);
  parse<wire::PollRequest>(body);
  parse<wire::PollAnswer>(body);
  (void)peek_handshake_id(body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Stage stage;
  if (size == 0) return 0;
  const std::string body(reinterpret_cast<const char*>(data + 1), size - 1);
  const unsigned choice = data[0] & 0x1FU;
  if (choice >= 30) {
    parse_all(body);
    (void)verified_refusal(stage.b.public_key(), Step::init, "{}", 410, sign_error(stage.b, Step::init, "{}", body));
    (void)Exchanged::from_bytes(core::as_bytes(body));
    (void)InitSent::from_bytes(core::as_bytes(body));
  } else {
    step(stage, choice % 10, body, choice >= 10);
  }
  return 0;
}
