#include "federation/responder.hpp"

#include "federation/invite_link.hpp"
#include "federation/key_soundness.hpp"
#include "federation/transcript.hpp"
#include "federation/wire/complete.hpp"
#include "federation/wire/exchange.hpp"
#include "federation/wire/verify.hpp"

namespace kith::federation::responder {
namespace {

StepResult<void> judge_invite(const wire::InitRequest& init, const InviteSecret* secret) {
  if (!init.invite) return {};
  const InviteBinding binding{init.initiator,    init.responder,     init.instance_key,
                              init.handshake_id, init.initiator_key, init.commitment};
  if (secret == nullptr || !check_invite_mac(*secret, binding, init.invite->mac)) {
    return refuse_for_good(RefusalReason::invite, "the invite is unknown or its secret was not proven");
  }
  return {};
}

StepResult<void> judge_initiator_keys(const PermanentPublicKeys& keys, const PermanentPublicKeys& own) {
  if (keys.sign_key == own.sign_key || keys.box_key == own.box_key) {
    return refuse_for_good(RefusalReason::own_key, "the initiator's permanent keys are our own");
  }
  if (!core::is_sound_key(keys.sign_key) || !is_acceptable(keys.box_key)) {
    return refuse_for_good(RefusalReason::unsound_key, "the initiator's permanent keys are not sound");
  }
  return {};
}

// The exchange answer, signed by the initiator for this request and this handshake.
StepResult<wire::ExchangeAnswer> check_exchange_answer(const Parties& parties, std::string_view request_body,
                                                       const SignedMessage& answer) {
  KITH_TRY_ASSIGN(parsed, wire::ExchangeAnswer::parse(answer.body));
  if (!verify_response(parties.initiator_instance, Step::exchange, request_body, answer)) {
    return refuse(RefusalReason::bad_signature, "exchange answer");
  }
  if (parsed.handshake_id != parties.handshake_id) {
    return refuse_for_good(RefusalReason::wrong_handshake, "exchange answer");
  }
  return parsed;
}

}  // namespace

StepResult<wire::InitRequest> check_init(const SignedMessage& request, const Domain& own_domain,
                                         const InstanceKey& own_instance) {
  KITH_TRY_ASSIGN(parsed, wire::InitRequest::parse(request.body));
  if (!core::is_sound_key(parsed.instance_key)) return refuse(RefusalReason::unsound_key, "instance_key of init");
  if (!verify_request(parsed.instance_key, Step::init, request)) {
    return refuse(RefusalReason::bad_signature, "init request");
  }
  // A message of our own that came back; unsigned, so that nothing ends.
  if (parsed.instance_key == own_instance) return refuse(RefusalReason::own_key, "init of our own instance");
  if (parsed.responder.domain() != own_domain) {
    return refuse_for_good(RefusalReason::wrong_address, "init is for " + parsed.responder.domain().text());
  }
  if (parsed.initiator.domain() == own_domain) {
    return refuse_for_good(RefusalReason::wrong_address, "init claims to come from our own domain");
  }
  if (!is_acceptable(parsed.initiator_key)) {
    return refuse_for_good(RefusalReason::unsound_key, "initiator_key is of low order or not canonical");
  }
  if (!check_chain(parsed.initiator.domain(), parsed.key_statements, parsed.instance_key)) {
    return refuse_for_good(RefusalReason::key_mismatch, "key statements of init do not lead to its key");
  }
  return parsed;
}

StepResult<AnsweredInit> answer_init(const wire::InitRequest& init, std::string_view request_body,
                                     const core::SigningKey& instance_key, const InitDecision& decision,
                                     core::Random& random) {
  KITH_TRY(judge_invite(init, decision.invite_secret));
  const auto temporary = core::BoxKeyPair::generate(random);
  const wire::InitAnswer answer{init.handshake_id,  init.responder,  temporary.public_key,   instance_key.public_key(),
                                decision.timestamp, decision.status, decision.key_statements};
  auto answered = sign_response(instance_key, Step::init, request_body, answer.serialise());
  const auto th1 = init_transcript(request_body, answered.body);
  // An invite we hold counts only if the request names one: both sides must feed the same into the key schedule.
  const auto* secret = init.invite ? decision.invite_secret : nullptr;
  auto keys = derive_handshake_keys(temporary.secret_key, init.initiator_key, secret, th1);
  if (!keys) return refuse_for_good(RefusalReason::unsound_key, "initiator_key gives an all-zero secret");
  return AnsweredInit{std::move(answered), AwaitingDecision{{init.handshake_id, init.initiator, init.responder,
                                                             init.instance_key, instance_key.public_key()},
                                                            th1,
                                                            std::move(*keys),
                                                            init.commitment}};
}

StartedExchange make_approval(const AwaitingDecision& state, const core::SigningKey& instance_key,
                              const PermanentPublicKeys& own, core::Random& random) {
  const auto& parties = state.parties;
  ResponderNonce nonce;
  random.fill(nonce.data);
  const wire::ExchangeRequest request{
      parties.handshake_id, parties.initiator, parties.responder, state.th1,
      wire::ExchangeRequest::Approval{nonce, seal_responder_keys(state.keys.r2i, state.th1, own, random)}};
  HandshakeKeys keys{state.keys.i2r.duplicate(), state.keys.r2i.duplicate(), state.keys.confirm.duplicate(),
                     state.keys.words.duplicate()};
  return {sign_request(instance_key, Step::exchange, request.serialise()),
          ExchangeSent{parties, state.th1, std::move(keys), state.commitment, nonce, own}};
}

SignedMessage make_rejection(const AwaitingDecision& state, const core::SigningKey& instance_key) {
  const auto& parties = state.parties;
  const wire::ExchangeRequest request{parties.handshake_id, parties.initiator, parties.responder, state.th1,
                                      std::nullopt};
  return sign_request(instance_key, Step::exchange, request.serialise());
}

StepResult<ExchangeAnswered> on_exchange_answer(const ExchangeSent& state, std::string_view request_body,
                                                const SignedMessage& answer) {
  KITH_TRY_ASSIGN(parsed, check_exchange_answer(state.parties, request_body, answer));
  if (!parsed.keys) return refuse_for_good(RefusalReason::wrong_decision, "no keys in the answer to an approval");
  if (parsed.keys->initiator != state.parties.initiator) {
    return refuse_for_good(RefusalReason::wrong_address, "exchange answer");
  }
  const auto reveal = open_initiator_keys(state.keys.i2r, state.th1, parsed.keys->sealed);
  if (!reveal) return refuse_for_good(RefusalReason::payload_unreadable, reveal.error().detail);
  if (commit_to(reveal->nonce) != state.commitment) {
    return refuse_for_good(RefusalReason::commitment_mismatch, "the initiator's nonce is not the one committed to");
  }
  KITH_TRY(judge_initiator_keys(reveal->keys, state.own));
  const auto th2 = exchange_transcript(state.th1, request_body, answer.body);
  return ExchangeAnswered{verification_words(state.keys.words, reveal->nonce, state.nonce),
                          Exchanged{state.parties, th2, state.keys.confirm.duplicate(), reveal->keys}};
}

StepResult<void> on_rejection_answer(const Parties& parties, std::string_view request_body,
                                     const SignedMessage& answer) {
  KITH_TRY_ASSIGN(parsed, check_exchange_answer(parties, request_body, answer));
  if (parsed.keys) return refuse_for_good(RefusalReason::wrong_decision, "keys in the answer to a rejection");
  return {};
}

StepResult<AnsweredVerify> on_verify(const Exchanged& state, const core::SigningKey& instance_key,
                                     const core::SigningKey& permanent_key, const SignedMessage& request,
                                     core::Timestamp timestamp) {
  const auto& parties = state.parties;
  KITH_TRY_ASSIGN(parsed, wire::VerifyRequest::parse(request.body));
  if (!verify_request(parties.initiator_instance, Step::verify, request)) {
    return refuse(RefusalReason::bad_signature, "verify request");
  }
  if (parsed.handshake_id != parties.handshake_id) return refuse(RefusalReason::wrong_handshake, "verify request");
  if (parsed.initiator != parties.initiator) return refuse(RefusalReason::wrong_address, "verify request");
  if (!check_verify(state.peer.sign_key, Role::initiator, state.th2, parties.initiator, parties.responder,
                    parsed.timestamp, parsed.signature)) {
    return refuse(RefusalReason::inner_signature, "verify request");
  }
  const wire::VerifyAnswer answer{
      parties.handshake_id, parties.responder, timestamp,
      sign_verify(permanent_key, Role::responder, state.th2, parties.initiator, parties.responder, timestamp)};
  auto answered = sign_response(instance_key, Step::verify, request.body, answer.serialise());
  const auto th3 = verify_transcript(state.th2, request.body, answered.body);
  return AnsweredVerify{std::move(answered), Verified{parties, th3, state.confirm.duplicate()}};
}

StepResult<AnsweredComplete> on_complete(const Verified& state, const core::SigningKey& instance_key,
                                         const SignedMessage& request) {
  const auto& parties = state.parties;
  KITH_TRY_ASSIGN(parsed, wire::CompleteRequest::parse(request.body));
  if (!verify_request(parties.initiator_instance, Step::complete, request)) {
    return refuse(RefusalReason::bad_signature, "complete request");
  }
  if (parsed.handshake_id != parties.handshake_id) return refuse(RefusalReason::wrong_handshake, "complete request");
  if (parsed.initiator != parties.initiator) return refuse(RefusalReason::wrong_address, "complete request");
  const auto expected = confirmation_of(state.confirm, state.th3);
  if (!core::equal_constant_time(parsed.confirmation.view(), expected.view())) {
    return refuse(RefusalReason::wrong_confirmation, "complete request");
  }
  const wire::CompleteAnswer answer{parties.handshake_id, parties.responder,
                                    acknowledgment_of(state.confirm, state.th3)};
  return AnsweredComplete{sign_response(instance_key, Step::complete, request.body, answer.serialise()),
                          connection_id(state.th3)};
}

StepResult<wire::PollRequest> check_poll(const Parties& parties, const SignedMessage& request) {
  KITH_TRY_ASSIGN(parsed, wire::PollRequest::parse(request.body));
  if (!verify_request(parties.initiator_instance, Step::poll, request)) {
    return refuse(RefusalReason::bad_signature, "poll request");
  }
  if (parsed.handshake_id != parties.handshake_id) return refuse(RefusalReason::wrong_handshake, "poll request");
  if (parsed.initiator != parties.initiator) return refuse(RefusalReason::wrong_address, "poll request");
  return parsed;
}

SignedMessage answer_poll(const Parties& parties, const core::SigningKey& instance_key, std::string_view request_body,
                          wire::PollStatus status, std::optional<SignedMessage> exchange_request) {
  const wire::PollAnswer answer{parties.handshake_id, status, std::move(exchange_request)};
  return sign_response(instance_key, Step::poll, request_body, answer.serialise());
}

}  // namespace kith::federation::responder
