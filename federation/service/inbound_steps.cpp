#include "federation/service/inbound_steps.hpp"

#include "federation/handshake_rules.hpp"
#include "federation/initiator.hpp"
#include "federation/limits.hpp"
#include "federation/responder.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using core::fail;

StoredStep done(const SignedMessage& request, const SignedMessage& answer) {
  return {request_hash(request.body), std::nullopt, answer};
}

WireAnswer not_ready(std::string_view what) {
  return HandshakeContext::problem({ErrorCode::not_ready, std::string(what), std::chrono::seconds{2}, {}});
}

}  // namespace

WireAnswer InboundSteps::exchange(const SignedMessage& request) {
  return answer(Step::exchange, request, &InboundSteps::take_exchange);
}
WireAnswer InboundSteps::verify(const SignedMessage& request) {
  return answer(Step::verify, request, &InboundSteps::take_verify);
}
WireAnswer InboundSteps::complete(const SignedMessage& request) {
  return answer(Step::complete, request, &InboundSteps::take_complete);
}

WireAnswer InboundSteps::answer(Step step, const SignedMessage& request, Take take) {
  WireAnswer answer;
  const auto changed = context_.change([&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
    KITH_TRY_ASSIGN(given, find_and_take(transaction, step, request, take, effects));
    answer = std::move(given);
    return {};
  });
  return changed ? answer : HandshakeContext::problem(changed.error());
}

// The row is the one whose other side signed this; a bad signature finds none, and learns nothing.
Expected<WireAnswer> InboundSteps::find_and_take(storage::Transaction& transaction, Step step,
                                                 const SignedMessage& request, Take take, Effects& effects) {
  KITH_TRY_ASSIGN(handshake_id, peek_handshake_id(request.body));
  const auto role = step == Step::exchange ? Role::initiator : Role::responder;
  KITH_TRY_ASSIGN(rows, context_.store.with_handshake_id(transaction, role, handshake_id));
  for (auto& row : rows) {
    if (!row.peer_key || !verify_request(*row.peer_key, step, request)) continue;
    KITH_TRY(HandshakeContext::require_not_blocked(transaction, row));
    KITH_TRY_ASSIGN(again, answer_again(context_, transaction, row, step, request.body));
    if (again) return *again;
    return (this->*take)(transaction, row, request, effects);
  }
  if (rows.empty()) return fail(ErrorCode::not_found, "no such handshake here");
  effects.refuse(step_name(step), rows.front().peer.text(), RefusalReason::bad_signature);
  return fail(ErrorCode::handshake_rejected);
}

Expected<WireAnswer> InboundSteps::refuse_step(storage::Transaction& transaction, HandshakeRow& row, Step step,
                                               const SignedMessage& request, const HandshakeRefusal& refusal,
                                               Effects& effects) {
  if (refusal.ends) {
    KITH_TRY(context_.store.note(transaction, row.id, step_name(step), false, &refusal.wire));
    KITH_TRY(context_.lifecycle.end(transaction, row, {ConnectionState::failed, reason_name(refusal.reason)}, effects));
  }
  return context_.refused(step, request.body, refusal, row.peer.text(), effects);
}

Expected<WireAnswer> InboundSteps::take_exchange(storage::Transaction& transaction, HandshakeRow& row,
                                                 const SignedMessage& request, Effects& effects) {
  if (row.phase == Phase::asked) return not_ready("the answer to init has not arrived here yet");
  if (row.phase != Phase::answered) return fail(ErrorCode::conflict, "this handshake does not expect an exchange");
  const auto& parts = context_.parts;
  KITH_TRY_ASSIGN(state, context_.store.state<AwaitingExchange>(transaction, row.id));
  const auto keys = PermanentKeys::generate(parts.random);
  auto outcome = initiator::on_exchange(state, parts.identity.signing_key(), keys.public_keys(), request, parts.random);
  if (!outcome) return refuse_step(transaction, row, Step::exchange, request, outcome.error(), effects);
  if (const auto* rejected = std::get_if<initiator::ExchangeRejected>(&*outcome)) {
    KITH_TRY(context_.store.note(transaction, row.id, "exchange", true));
    KITH_TRY(context_.lifecycle.end(
        transaction, row, {.state = ConnectionState::rejected, .reason = "rejected_there", .keep_steps = true},
        effects));
    KITH_TRY(context_.store.put_step(transaction, row.id, "exchange", done(request, rejected->answer)));
    if (row.poll) KITH_TRY(parts.outbox.add(transaction, "poll", row.id.text()));
    effects.wake = row.poll;
    return HandshakeContext::signed_answer(rejected->answer);
  }
  const auto& approved = std::get<initiator::ExchangeApproved>(*outcome);
  KITH_TRY(context_.store.put_own_keys(transaction, row.id, 0, keys));
  KITH_TRY(context_.store.put_peer_keys(transaction, row.id, 0, approved.state.peer));
  KITH_TRY(context_.store.put_state(transaction, row.id, approved.state));
  KITH_TRY(context_.store.put_step(transaction, row.id, "exchange", done(request, approved.answer)));
  KITH_TRY(context_.store.note(transaction, row.id, "exchange", true));
  row.words = join_words(approved.words);
  row.phase = Phase::exchanged;
  row.state = ConnectionState::verifying;
  row.deadline = parts.clock.now() + kApprovalTime;
  // Fetched by poll, its answer goes back in the next one; verify follows when that was taken.
  KITH_TRY(parts.outbox.add(transaction, row.poll ? "poll" : "verify", row.id.text()));
  effects.wake = true;
  effects.touch(row);
  KITH_TRY(context_.store.save(transaction, row));
  return HandshakeContext::signed_answer(approved.answer);
}

Expected<WireAnswer> InboundSteps::take_verify(storage::Transaction& transaction, HandshakeRow& row,
                                               const SignedMessage& request, Effects& effects) {
  if (row.phase < Phase::exchanged) return not_ready("the answer to exchange has not arrived here yet");
  const auto& parts = context_.parts;
  KITH_TRY_ASSIGN(state, context_.store.state<Exchanged>(transaction, row.id));
  KITH_TRY_ASSIGN(keys, context_.store.own_keys(transaction, row.id, 0));
  auto taken = responder::on_verify(state, parts.identity.signing_key(), keys.sign, request, parts.clock.now());
  if (!taken) return refuse_step(transaction, row, Step::verify, request, taken.error(), effects);
  KITH_TRY(context_.store.put_state(transaction, row.id, taken->state));
  KITH_TRY(context_.store.put_step(transaction, row.id, "verify", done(request, taken->answer)));
  KITH_TRY(context_.store.note(transaction, row.id, "verify", true));
  row.phase = Phase::verified;
  effects.touch(row);
  KITH_TRY(context_.store.save(transaction, row));
  return HandshakeContext::signed_answer(taken->answer);
}

Expected<WireAnswer> InboundSteps::take_complete(storage::Transaction& transaction, HandshakeRow& row,
                                                 const SignedMessage& request, Effects& effects) {
  if (row.phase < Phase::verified) return not_ready("verify comes before complete");
  KITH_TRY_ASSIGN(state, context_.store.state<Verified>(transaction, row.id));
  auto taken = responder::on_complete(state, context_.parts.identity.signing_key(), request);
  if (!taken) return refuse_step(transaction, row, Step::complete, request, taken.error(), effects);
  KITH_TRY(context_.store.put_step(transaction, row.id, "complete", done(request, taken->answer)));
  KITH_TRY(context_.lifecycle.establish(transaction, row, taken->connection, effects));
  return HandshakeContext::signed_answer(taken->answer);
}

}  // namespace kith::federation
