#include "federation/initiator.hpp"

#include "federation/invite_link.hpp"
#include "federation/key_soundness.hpp"
#include "federation/transcript.hpp"
#include "federation/wire/complete.hpp"
#include "federation/wire/exchange.hpp"
#include "federation/wire/verify.hpp"

namespace kith::federation::initiator {
namespace {

using core::ErrorCode;

// The peer's key in an init answer: nothing to say if it is the one expected.
std::optional<HandshakeRefusal> judge_instance(const Parties& parties, const InstanceKey& shown) {
  if (shown == parties.responder_instance) return std::nullopt;
  return HandshakeRefusal(
      core::Error{ErrorCode::key_mismatch, "the other instance answered with another key than expected", {}, {}},
      RefusalReason::key_mismatch, "init answer signed by another instance key than expected", true);
}

StepResult<void> judge_responder_keys(const PermanentPublicKeys& keys, const PermanentPublicKeys& own) {
  if (keys.sign_key == own.sign_key || keys.box_key == own.box_key) {
    return refuse_for_good(RefusalReason::own_key, "the responder's permanent keys are our own");
  }
  if (!core::is_sound_key(keys.sign_key) || !is_acceptable(keys.box_key)) {
    return refuse_for_good(RefusalReason::unsound_key, "the responder's permanent keys are not sound");
  }
  return {};
}

}  // namespace

core::Expected<StartedInit> make_init(const core::SigningKey& instance_key, InitInputs inputs, core::Random& random) {
  if (!wire::is_purpose(inputs.purpose)) {
    return core::fail(ErrorCode::bad_request,
                      "the purpose must be at most 280 characters, none of them a control character");
  }
  if (inputs.initiator.domain() == inputs.responder.domain() || inputs.expected_instance == instance_key.public_key()) {
    return core::fail(ErrorCode::bad_request, "this address is of this very instance: share with the user directly");
  }
  HandshakeId id;
  random.fill(id.data);
  auto temporary = core::BoxKeyPair::generate(random);
  InitiatorNonce nonce;
  random.fill(nonce.writable());
  wire::InitRequest request{
      .handshake_id = id,
      .initiator = inputs.initiator,
      .responder = inputs.responder,
      .purpose = std::move(inputs.purpose),
      .initiator_key = temporary.public_key,
      .commitment = commit_to(nonce),
      .instance_key = instance_key.public_key(),
      .delivery = inputs.delivery,
      .timestamp = inputs.timestamp,
      .invite = std::nullopt,
      .key_statements = std::move(inputs.key_statements),
  };
  std::optional<InviteSecret> secret;
  if (inputs.invite) {
    const InviteBinding binding{request.initiator,    request.responder,     request.instance_key,
                                request.handshake_id, request.initiator_key, request.commitment};
    request.invite = wire::InviteClaim{inputs.invite->id, invite_mac(inputs.invite->secret, binding)};
    secret = std::move(inputs.invite->secret);
  }
  const auto initiator_key = temporary.public_key;
  InitSent state{{id, std::move(inputs.initiator), std::move(inputs.responder), instance_key.public_key(),
                  inputs.expected_instance},
                 std::move(temporary),
                 std::move(nonce),
                 std::move(secret)};
  return StartedInit{sign_request(instance_key, Step::init, request.serialise()), std::move(state), id, initiator_key};
}

StepResult<InitAnswered> on_init_answer(const InitSent& state, std::string_view request_body,
                                        const SignedMessage& answer) {
  KITH_TRY_ASSIGN(parsed, wire::InitAnswer::parse(answer.body));
  if (!verify_response(parsed.instance_key, Step::init, request_body, answer)) {
    return refuse(RefusalReason::bad_signature, "init answer");
  }
  if (auto mismatch = judge_instance(state.parties, parsed.instance_key)) return tl::make_unexpected(*mismatch);
  if (parsed.handshake_id != state.parties.handshake_id) {
    return refuse_for_good(RefusalReason::wrong_handshake, "init answer names another handshake");
  }
  if (parsed.responder != state.parties.responder) {
    return refuse_for_good(RefusalReason::wrong_address, "init answer names another responder");
  }
  if (parsed.responder_key == state.temporary.public_key) {
    return refuse_for_good(RefusalReason::own_key, "responder_key is our own initiator_key");
  }
  if (!is_acceptable(parsed.responder_key)) {
    return refuse_for_good(RefusalReason::unsound_key, "responder_key is of low order or not canonical");
  }
  const auto th1 = init_transcript(request_body, answer.body);
  const auto* secret = state.invite_secret ? &*state.invite_secret : nullptr;
  auto keys = derive_handshake_keys(state.temporary.secret_key, parsed.responder_key, secret, th1);
  if (!keys) return refuse_for_good(RefusalReason::unsound_key, "responder_key gives an all-zero secret");
  return InitAnswered{parsed.status, parsed.timestamp, std::move(parsed.key_statements),
                      AwaitingExchange{state.parties, th1, std::move(*keys), state.nonce.duplicate()}};
}

StepResult<ExchangeOutcome> on_exchange(const AwaitingExchange& state, const core::SigningKey& instance_key,
                                        const PermanentPublicKeys& own, const SignedMessage& request,
                                        core::Random& random) {
  const auto& parties = state.parties;
  KITH_TRY_ASSIGN(parsed, wire::ExchangeRequest::parse(request.body));
  if (!verify_request(parties.responder_instance, Step::exchange, request)) {
    return refuse(RefusalReason::bad_signature, "exchange request");
  }
  if (parsed.handshake_id != parties.handshake_id) return refuse(RefusalReason::wrong_handshake, "exchange request");
  if (parsed.initiator != parties.initiator || parsed.responder != parties.responder) {
    return refuse(RefusalReason::wrong_address, "exchange request");
  }
  if (parsed.transcript != state.th1) return refuse(RefusalReason::wrong_transcript, "exchange request");
  if (!parsed.approval) {
    const wire::ExchangeAnswer answer{parties.handshake_id, std::nullopt};
    return ExchangeRejected{sign_response(instance_key, Step::exchange, request.body, answer.serialise())};
  }
  const auto peer = open_responder_keys(state.keys.r2i, state.th1, parsed.approval->sealed);
  if (!peer) return refuse(RefusalReason::payload_unreadable, peer.error().detail);
  KITH_TRY(judge_responder_keys(*peer, own));
  const wire::ExchangeAnswer answer{
      parties.handshake_id,
      wire::ExchangeAnswer::Keys{parties.initiator,
                                 seal_initiator_keys(state.keys.i2r, state.th1, own, state.nonce, random)}};
  auto answered = sign_response(instance_key, Step::exchange, request.body, answer.serialise());
  const auto th2 = exchange_transcript(state.th1, request.body, answered.body);
  return ExchangeApproved{std::move(answered),
                          verification_words(state.keys.words, state.nonce, parsed.approval->nonce),
                          Exchanged{parties, th2, state.keys.confirm.duplicate(), *peer}};
}

SignedMessage make_verify(const Exchanged& state, const core::SigningKey& instance_key,
                          const core::SigningKey& permanent_key, core::Timestamp timestamp) {
  const auto& parties = state.parties;
  const wire::VerifyRequest request{
      parties.handshake_id, parties.initiator, timestamp,
      sign_verify(permanent_key, Role::initiator, state.th2, parties.initiator, parties.responder, timestamp)};
  return sign_request(instance_key, Step::verify, request.serialise());
}

StepResult<Verified> on_verify_answer(const Exchanged& state, std::string_view request_body,
                                      const SignedMessage& answer) {
  const auto& parties = state.parties;
  KITH_TRY_ASSIGN(parsed, wire::VerifyAnswer::parse(answer.body));
  if (!verify_response(parties.responder_instance, Step::verify, request_body, answer)) {
    return refuse(RefusalReason::bad_signature, "verify answer");
  }
  if (parsed.handshake_id != parties.handshake_id) {
    return refuse_for_good(RefusalReason::wrong_handshake, "verify answer");
  }
  if (parsed.responder != parties.responder) return refuse_for_good(RefusalReason::wrong_address, "verify answer");
  if (!check_verify(state.peer.sign_key, Role::responder, state.th2, parties.initiator, parties.responder,
                    parsed.timestamp, parsed.signature)) {
    return refuse_for_good(RefusalReason::inner_signature, "verify answer");
  }
  return Verified{parties, verify_transcript(state.th2, request_body, answer.body), state.confirm.duplicate()};
}

SignedMessage make_complete(const Verified& state, const core::SigningKey& instance_key) {
  const wire::CompleteRequest request{state.parties.handshake_id, state.parties.initiator,
                                      confirmation_of(state.confirm, state.th3)};
  return sign_request(instance_key, Step::complete, request.serialise());
}

StepResult<WireConnectionId> on_complete_answer(const Verified& state, std::string_view request_body,
                                                const SignedMessage& answer) {
  const auto& parties = state.parties;
  KITH_TRY_ASSIGN(parsed, wire::CompleteAnswer::parse(answer.body));
  if (!verify_response(parties.responder_instance, Step::complete, request_body, answer)) {
    return refuse(RefusalReason::bad_signature, "complete answer");
  }
  if (parsed.handshake_id != parties.handshake_id) {
    return refuse_for_good(RefusalReason::wrong_handshake, "complete answer");
  }
  if (parsed.responder != parties.responder) return refuse_for_good(RefusalReason::wrong_address, "complete answer");
  const auto expected = acknowledgment_of(state.confirm, state.th3);
  if (!core::equal_constant_time(parsed.acknowledgment.view(), expected.view())) {
    return refuse_for_good(RefusalReason::wrong_confirmation, "complete answer");
  }
  return connection_id(state.th3);
}

SignedMessage make_poll(const Parties& parties, const core::SigningKey& instance_key, std::chrono::seconds wait,
                        std::optional<SignedMessage> exchange_answer) {
  const wire::PollRequest request{parties.handshake_id, parties.initiator, wait, std::move(exchange_answer)};
  return sign_request(instance_key, Step::poll, request.serialise());
}

StepResult<wire::PollAnswer> on_poll_answer(const Parties& parties, std::string_view request_body,
                                            const SignedMessage& answer) {
  KITH_TRY_ASSIGN(parsed, wire::PollAnswer::parse(answer.body));
  if (!verify_response(parties.responder_instance, Step::poll, request_body, answer)) {
    return refuse(RefusalReason::bad_signature, "poll answer");
  }
  if (parsed.handshake_id != parties.handshake_id) return refuse(RefusalReason::wrong_handshake, "poll answer");
  return parsed;
}

}  // namespace kith::federation::initiator
