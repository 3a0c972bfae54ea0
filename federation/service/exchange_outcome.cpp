#include "federation/service/exchange_outcome.hpp"

#include "federation/limits.hpp"
#include "federation/responder.hpp"

namespace kith::federation {

Expected<StepResult<void>> ExchangeOutcome::take(storage::Transaction& transaction, HandshakeRow& row,
                                                 const SignedMessage& answer, Effects& effects) {
  KITH_TRY_ASSIGN(step, context_.store.step(transaction, row.id, "exchange"));
  if (!step || !step->request) return core::fail(core::ErrorCode::internal, "the stored exchange is gone");
  if (row.approval == Approval::rejected) {
    auto taken = responder::on_rejection_answer(context_.lifecycle.parties_of(row), step->request->body, answer);
    if (!taken) return StepResult<void>(tl::make_unexpected(std::move(taken.error())));
    KITH_TRY(context_.store.note(transaction, row.id, "exchange", true));
    const auto reason = row.reason;
    KITH_TRY(context_.lifecycle.end(
        transaction, row, {.state = ConnectionState::rejected, .reason = reason, .keep_steps = true}, effects));
    return StepResult<void>();
  }
  KITH_TRY_ASSIGN(state, context_.store.state<ExchangeSent>(transaction, row.id));
  auto taken = responder::on_exchange_answer(state, step->request->body, answer);
  if (!taken) {
    if (taken.error().ends) {
      const auto reason = std::string(reason_name(taken.error().reason));
      KITH_TRY(context_.store.note(transaction, row.id, "exchange", false, &taken.error().wire));
      KITH_TRY(context_.lifecycle.end(transaction, row, {ConnectionState::failed, reason}, effects));
    }
    return StepResult<void>(tl::make_unexpected(std::move(taken.error())));
  }
  KITH_TRY(context_.store.put_peer_keys(transaction, row.id, 0, taken->state.peer));
  KITH_TRY(context_.store.put_state(transaction, row.id, taken->state));
  KITH_TRY(context_.store.note(transaction, row.id, "exchange", true));
  row.words = join_words(taken->words);
  row.phase = Phase::exchanged;
  row.state = ConnectionState::verifying;
  row.deadline = context_.parts.clock.now() + kApprovalTime;
  effects.touch(row);
  KITH_TRY(context_.store.save(transaction, row));
  return StepResult<void>();
}

}  // namespace kith::federation
