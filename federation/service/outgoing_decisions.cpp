// The two messages of Outgoing that begin with discovery: init, and exchange after a decision.

#include "core/alerts.hpp"
#include "federation/fingerprint.hpp"
#include "federation/handshake_rules.hpp"
#include "federation/initiator.hpp"
#include "federation/limits.hpp"
#include "federation/net/instance_directory.hpp"
#include "federation/service/outgoing.hpp"

namespace kith::federation {
namespace {

using core::Error;
using core::ErrorCode;

}  // namespace

OutboxResult Outgoing::init(const OutboxTask& task) {
  auto row = load(task);
  if (!row || row->phase != Phase::asked) return OutboxResult::done();
  if (!row->temporary_key) {
    if (auto ended = prepare_init(*row)) return *ended;
    row = load(task);
    if (!row || row->phase != Phase::asked) return OutboxResult::done();
  }
  const auto request = stored_request(*row, Step::init, [](storage::Reader&) -> Expected<SignedMessage> {
    return core::fail(ErrorCode::internal, "the stored init is gone");
  });
  if (!request) return try_again(*row, "init", request.error());
  const auto reply = ask(*row, Step::init, *request);
  if (!reply) return try_again(*row, "init", reply.error());
  if (reply->final_refusal) return give_up(*row, Step::init, *reply->final_refusal);
  if (!reply->answer) {
    const auto result = try_again(*row, "init", reply->error);
    if (reply->error.code != ErrorCode::timestamp_out_of_range) return result;
    return settle(*row, Phase::asked, [&](storage::Transaction& transaction, HandshakeRow& now, Effects&) {
      const auto anew = start_anew(transaction, now);
      return anew ? Expected<OutboxResult>(result) : tl::make_unexpected(anew.error());
    });
  }
  return settle(*row, Phase::asked, [&](storage::Transaction& transaction, HandshakeRow& now, Effects& effects) {
    return on_init_answer(transaction, now, *reply, effects);
  });
}

// The peer has not seen this init in time: the next try makes another, with the time as it is then.
Expected<void> Outgoing::start_anew(storage::Transaction& transaction, HandshakeRow& row) {
  KITH_TRY(context_.store.drop_step(transaction, row.id, "init"));
  row.temporary_key = std::nullopt;
  return context_.store.save(transaction, row);
}

std::optional<OutboxResult> Outgoing::prepare_init(const HandshakeRow& row) {
  const auto found = context_.parts.directory.discover(row.peer.domain().text(), Urgency::background);
  if (!found && found.error().code != ErrorCode::key_mismatch && found.error().code != ErrorCode::conflict) {
    return try_again(row, "discovery", found.error());
  }
  const Error other_key{ErrorCode::key_mismatch, "the instance has another key than the invite names", {}, {}};
  const bool as_invited =
      found && found->instance.key &&
      (row.expected_key.empty() || Fingerprint::of(*found->instance.key).compact() == row.expected_key);
  const auto result =
      settle(row, Phase::asked,
             [&](storage::Transaction& transaction, HandshakeRow& now, Effects& effects) -> Expected<OutboxResult> {
               if (as_invited) return make_init(transaction, now, *found->instance.key, effects);
               const auto& why = found ? other_key : found.error();
               KITH_TRY(context_.store.note(transaction, now.id, "discovery", false, &why));
               KITH_TRY(context_.lifecycle.end(transaction, now,
                                               {ConnectionState::failed, core::error_info(why.code).name}, effects));
               effects.alerts.push_back({core::alert_kinds::kPeerKeyChanged, now.peer.domain().text(),
                                         "Asking " + now.peer.text() + " was stopped: " + why.detail});
               return OutboxResult::done();
             });
  if (result.kind == OutboxResult::Kind::later) return std::nullopt;
  return result;
}

// `later` with no pause stands for: made, send it.
Expected<OutboxResult> Outgoing::make_init(storage::Transaction& transaction, HandshakeRow& row, const InstanceKey& key,
                                           Effects& effects) {
  const auto& parts = context_.parts;
  row.peer_key = key;
  KITH_TRY_ASSIGN(theirs, context_.lifecycle.crossing(transaction, row));
  if (theirs) {
    KITH_TRY(context_.lifecycle.yield(transaction, row, *theirs, effects));
    return OutboxResult::done();
  }
  initiator::InitInputs inputs{.initiator = row.local,
                               .responder = row.peer,
                               .purpose = row.purpose,
                               .delivery = row.poll ? wire::Delivery::poll : wire::Delivery::push,
                               .timestamp = parts.clock.now(),
                               .expected_instance = key,
                               .invite = std::nullopt,
                               .key_statements = parts.identity.key_statements()};
  KITH_TRY_ASSIGN(secret, context_.store.secret(transaction, row.id, "invite"));
  if (secret && row.invite) {
    if (auto parsed = InviteSecret::from(*secret)) inputs.invite.emplace(*row.invite, std::move(*parsed));
    core::wipe(*secret);
  }
  KITH_TRY_ASSIGN(started, initiator::make_init(parts.identity.signing_key(), std::move(inputs), parts.random));
  row.handshake_id = started.handshake_id;
  row.temporary_key = started.initiator_key;
  KITH_TRY(context_.store.put_state(transaction, row.id, started.state));
  KITH_TRY(context_.store.put_step(transaction, row.id, "init",
                                   {request_hash(started.request.body), started.request, std::nullopt}));
  KITH_TRY(context_.store.note(transaction, row.id, "discovery", true));
  KITH_TRY(context_.store.save(transaction, row));
  effects.touch(row);
  return OutboxResult::later({});
}

Expected<OutboxResult> Outgoing::on_init_answer(storage::Transaction& transaction, HandshakeRow& row,
                                                const Reply& reply, Effects& effects) {
  KITH_TRY_ASSIGN(step, context_.store.step(transaction, row.id, "init"));
  if (!step || !step->request) return OutboxResult::done();
  KITH_TRY_ASSIGN(state, context_.store.state<InitSent>(transaction, row.id));
  auto answered = initiator::on_init_answer(state, step->request->body, *reply.answer);
  if (!answered) return on_refused_answer(transaction, row, Step::init, answered.error(), effects);
  KITH_TRY(context_.store.drop_secrets(transaction, row.id));
  KITH_TRY(context_.store.note(transaction, row.id, "init", true));
  if (answered->status == wire::InitStatus::pending) {
    KITH_TRY(context_.store.put_state(transaction, row.id, answered->state));
    row.phase = Phase::answered;
  } else {
    KITH_TRY(context_.store.drop_steps(transaction, row.id));
    row.phase = Phase::crossed;
  }
  row.deadline = context_.parts.clock.now() + kApprovalTime;
  effects.touch(row);
  KITH_TRY(context_.store.save(transaction, row));
  return on_init_taken(transaction, row, effects);
}

// Did they ask too, meanwhile?
Expected<OutboxResult> Outgoing::on_init_taken(storage::Transaction& transaction, HandshakeRow& row, Effects& effects) {
  KITH_TRY_ASSIGN(theirs, context_.lifecycle.crossing(transaction, row));
  if (theirs) {
    const bool ours = row.phase == Phase::answered && theirs->temporary_key && row.temporary_key &&
                      judge_crossed(*row.temporary_key, *theirs->temporary_key) == CrossedVerdict::ours_goes_on;
    if (!ours) {
      KITH_TRY(context_.lifecycle.yield(transaction, row, *theirs, effects));
      return OutboxResult::done();
    }
    KITH_TRY(context_.lifecycle.end(transaction, *theirs, {ConnectionState::failed, "crossed", row.id}, effects));
  }
  if (row.poll && row.phase == Phase::answered) {
    KITH_TRY(context_.parts.outbox.add(transaction, "poll", row.id.text()));
    effects.wake = true;
  }
  return OutboxResult::done();
}

OutboxResult Outgoing::exchange(const OutboxTask& task) {
  auto row = load(task);
  if (!row || row->role != Role::responder || row->phase != Phase::decided) return OutboxResult::done();
  if (row->state == ConnectionState::failed) return OutboxResult::parked(row->reason);
  if (row->peer_checked == PeerCheck::not_yet && row->approval == Approval::approved) {
    if (auto stopped = check_peer(*row)) return *stopped;
  }
  if (row->poll) {  // They fetch it.
    context_.answer_poll(row->id);
    return OutboxResult::done();
  }
  const auto request = stored_request(*row, Step::exchange, [](storage::Reader&) -> Expected<SignedMessage> {
    return core::fail(ErrorCode::internal, "the stored exchange is gone");
  });
  if (!request) return try_again(*row, "exchange", request.error());
  const auto reply = ask(*row, Step::exchange, *request);
  if (!reply) return try_again(*row, "exchange", reply.error());
  if (reply->final_refusal) return give_up(*row, Step::exchange, *reply->final_refusal);
  if (!reply->answer) return try_again(*row, "exchange", reply->error);
  return settle(*row, Phase::decided,
                [&](storage::Transaction& transaction, HandshakeRow& now, Effects& effects) -> Expected<OutboxResult> {
                  now.over_https = reply->https;
                  KITH_TRY_ASSIGN(taken, outcome_.take(transaction, now, *reply->answer, effects));
                  if (taken) return OutboxResult::done();
                  const auto& why = taken.error();
                  effects.refuse("exchange", now.peer.text(), why.reason, why.local);
                  if (why.ends) return OutboxResult::done();
                  KITH_TRY(context_.store.note(transaction, now.id, "exchange", false, &why.wire));
                  return OutboxResult::again(why.local);
                });
}

std::optional<OutboxResult> Outgoing::check_peer(const HandshakeRow& row) {
  const auto found = context_.parts.directory.discover(row.peer.domain().text(), Urgency::background);
  Error why =
      found ? Error{ErrorCode::key_mismatch, "their domain shows another instance key than the one that asked", {}, {}}
            : found.error();
  const bool same = found && found->instance.key == row.peer_key;
  const bool stop = !same && (why.code == ErrorCode::key_mismatch || why.code == ErrorCode::conflict);
  // A blocked instance may be there all the same: its key has to be seen before anything goes on.
  const bool unseen_is_fine = row.poll && why.code != ErrorCode::peer_blocked;
  if (!same && !stop && !unseen_is_fine) return try_again(row, "discovery", why);
  const auto result =
      settle(row, Phase::decided,
             [&](storage::Transaction& transaction, HandshakeRow& now, Effects& effects) -> Expected<OutboxResult> {
               KITH_TRY(context_.store.note(transaction, now.id, "discovery", same, same ? nullptr : &why));
               effects.touch(now);
               if (stop) {
                 // Kept, with its secrets, until its time is over: a person may retry once the domain is right again.
                 now.state = ConnectionState::failed;
                 now.reason = std::string(core::error_info(ErrorCode::key_mismatch).name);
                 effects.alerts.push_back({core::alert_kinds::kPeerKeyChanged, now.peer.domain().text(),
                                           "Answering " + now.peer.text() + " was stopped: " + why.detail});
                 KITH_TRY(context_.store.save(transaction, now));
                 return OutboxResult::parked(now.reason);
               }
               now.peer_checked = same ? PeerCheck::same_key : PeerCheck::nobody_there;
               KITH_TRY(context_.store.save(transaction, now));
               return OutboxResult::later({});
             });
  if (result.kind == OutboxResult::Kind::later) return std::nullopt;
  return result;
}

}  // namespace kith::federation
