#include "federation/service/polling.hpp"

#include "federation/handshake_rules.hpp"
#include "federation/responder.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using core::fail;

}  // namespace

// What a poll gets now, and whether it may wait for something better.
struct Polling::Verdict {
  WireAnswer answer;
  core::ConnectionId handshake;
  std::chrono::seconds wait{0};  // more than zero: nothing is decided
};

void Polling::poll(const SignedMessage& request, std::function<void(WireAnswer)> reply) {
  auto verdict = judge(request);
  if (!verdict) return reply(HandshakeContext::problem(verdict.error()));
  if (verdict->wait.count() == 0) return reply(verdict->answer);
  const auto id = verdict->handshake;
  const auto older = context_.polls.put({id, request, context_.parts.clock.now() + verdict->wait, std::move(reply)});
  if (older) answer_now(*older);
  // The decision may have come between looking and waiting.
  const auto after = judge(request);
  if (!after || after->wait.count() == 0) answer_waiting(id);
}

void Polling::answer_waiting(const core::ConnectionId& id) {
  if (const auto poll = context_.polls.take(id)) answer_now(*poll);
}

void Polling::answer_overdue() {
  for (const auto& poll : context_.polls.take_over(context_.parts.clock.now())) answer_now(poll);
}

void Polling::stop() {
  for (const auto& poll : context_.polls.stop()) answer_now(poll);
}

void Polling::answer_now(const WaitingPoll& poll) {
  const auto verdict = judge(poll.request);
  poll.reply(verdict ? verdict->answer : HandshakeContext::problem(verdict.error()));
}

Expected<Polling::Verdict> Polling::judge(const SignedMessage& request) {
  KITH_TRY_ASSIGN(handshake_id, peek_handshake_id(request.body));
  std::optional<Verdict> verdict;
  const auto work = [&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
    KITH_TRY_ASSIGN(rows, context_.store.with_handshake_id(transaction, Role::responder, handshake_id));
    for (auto& row : rows) {
      if (!row.peer_key || !verify_request(*row.peer_key, Step::poll, request)) continue;
      KITH_TRY(HandshakeContext::require_not_blocked(transaction, row));
      KITH_TRY_ASSIGN(found, stand(transaction, row, request, effects));
      verdict = std::move(found);
      return {};
    }
    if (rows.empty()) return fail(ErrorCode::not_found, "no such handshake here");
    effects.refuse("poll", rows.front().peer.text(), RefusalReason::bad_signature);
    return fail(ErrorCode::handshake_rejected);
  };
  KITH_TRY(context_.change(work));
  return std::move(*verdict);
}

Expected<Polling::Verdict> Polling::stand(storage::Transaction& transaction, HandshakeRow& row,
                                          const SignedMessage& request, Effects& effects) {
  const auto& key = context_.parts.identity.signing_key();
  const auto parties = context_.lifecycle.parties_of(row);
  const auto checked = responder::check_poll(parties, request);
  if (!checked)
    return Verdict{context_.refused(Step::poll, request.body, checked.error(), row.peer.text(), effects), row.id};
  const auto say = [&](wire::PollStatus status, std::optional<SignedMessage> exchange) {
    return HandshakeContext::signed_answer(
        responder::answer_poll(parties, key, request.body, status, std::move(exchange)));
  };
  if (row.phase == Phase::decided && checked->answer) {
    KITH_TRY_ASSIGN(taken, outcome_.take(transaction, row, *checked->answer, effects));
    if (!taken)
      return Verdict{context_.refused(Step::poll, request.body, taken.error(), row.peer.text(), effects), row.id};
    KITH_TRY(context_.parts.outbox.drop(transaction, "exchange", row.id.text()));
  }
  const bool acknowledged = row.ended() && row.approval == Approval::rejected;
  if (acknowledged || (row.phase >= Phase::exchanged && !row.ended())) {
    return Verdict{say(wire::PollStatus::accepted, std::nullopt), row.id};
  }
  if (row.ended())
    return Verdict{context_.refusal(Step::poll, request.body, {ErrorCode::handshake_ended, {}, {}, {}}), row.id};
  const bool released = row.approval == Approval::rejected || row.peer_checked != PeerCheck::not_yet;
  if (row.phase == Phase::decided && row.state != ConnectionState::failed && released) {
    KITH_TRY_ASSIGN(step, context_.store.step(transaction, row.id, "exchange"));
    if (!step || !step->request) return fail(ErrorCode::internal, "the stored exchange is gone");
    return Verdict{say(wire::PollStatus::decided, step->request), row.id};
  }
  return Verdict{say(wire::PollStatus::pending, std::nullopt), row.id, checked->wait};
}

}  // namespace kith::federation
