#include "federation/service/outgoing.hpp"

#include "federation/initiator.hpp"
#include "federation/net/peer_door.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::federation {
namespace {

using core::Error;
using core::ErrorCode;

std::string text_of(const Error& error) {
  const std::string name(core::error_info(error.code).name);
  return error.detail.empty() ? name : name + ": " + error.detail;
}

std::string path_of(Step step) {
  return "/handshake/" + std::string(step_name(step));
}

}  // namespace

void Outgoing::attach(Outbox& outbox) {
  outbox.handle("init", [this](const OutboxTask& task) { return init(task); });
  outbox.handle("exchange", [this](const OutboxTask& task) { return exchange(task); });
  outbox.handle("poll", [this](const OutboxTask& task) { return poll(task); });
  outbox.handle("verify", [this](const OutboxTask& task) { return verify(task); });
  outbox.handle("complete", [this](const OutboxTask& task) { return complete(task); });
}

std::optional<HandshakeRow> Outgoing::load(const OutboxTask& task) {
  const auto id = core::ConnectionId::parse(task.subject);
  if (!id) return std::nullopt;
  std::optional<HandshakeRow> row;
  const auto look = [&](storage::Reader& reader) -> Expected<void> {
    KITH_TRY_ASSIGN(found, context_.store.find(reader, *id));
    row = std::move(found);
    return {};
  };
  auto read = context_.parts.database.read(look);
  if (!read) context_.parts.log.error("a handshake can't be read", {{"error", read.error().detail}});
  return row;
}

Expected<Outgoing::Reply> Outgoing::ask(const HandshakeRow& row, Step step, const SignedMessage& request,
                                        std::chrono::milliseconds timeout) {
  PeerCall call;
  call.target = path_of(step);
  call.headers = {{"Content-Type", std::string(kJsonMediaType)},
                  {std::string(kSignatureHeader), signature_header(request.signature)}};
  call.body = request.body;
  call.total_timeout = timeout;
  KITH_TRY_ASSIGN(response, context_.parts.door.call(row.peer.domain().text(), call, Urgency::background));
  Reply reply;
  reply.https = response.tls.has_value();
  const auto header = find_header(response.headers, kSignatureHeader);
  const auto signature = header ? parse_signature_header(*header) : std::nullopt;
  if (response.status == 200 && signature) {
    reply.answer = SignedMessage{std::move(response.body), *signature};
  } else if (response.status == 200) {
    reply.error = {ErrorCode::peer_error, "the answer has no valid Kith-Signature", {}, {}};
  } else {
    reply.error = error_from_answer(row.peer.domain().text(), response);
    if (signature && row.peer_key) {
      reply.final_refusal =
          verified_refusal(*row.peer_key, step, request.body, response.status, {std::move(response.body), *signature});
    }
  }
  return reply;
}

OutboxResult Outgoing::settle(const HandshakeRow& row, Phase phase, const RowWork& work) {
  OutboxResult result;
  const auto changed = context_.change([&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
    KITH_TRY_ASSIGN(now, context_.store.find(transaction, row.id));
    if (!now || now->phase != phase || now->handshake_id != row.handshake_id) return {};
    KITH_TRY_ASSIGN(outcome, work(transaction, *now, effects));
    result = std::move(outcome);
    return {};
  });
  return changed ? result : OutboxResult::again(text_of(changed.error()));
}

OutboxResult Outgoing::try_again(const HandshakeRow& row, std::string_view step, const Error& error) {
  const auto changed = context_.change([&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
    KITH_TRY(context_.store.note(transaction, row.id, step, false, &error));
    effects.touch(row);
    return {};
  });
  if (!changed) context_.parts.log.error("a handshake can't be written", {{"error", changed.error().detail}});
  return OutboxResult::again(text_of(error));
}

OutboxResult Outgoing::give_up(const HandshakeRow& row, Step step, const Error& refusal) {
  return settle(row, row.phase, [&](storage::Transaction& transaction, HandshakeRow& now, Effects& effects) {
    const bool turned_away = step == Step::init && refusal.code == ErrorCode::handshake_rejected;
    const auto state =
        now.approval == Approval::rejected || turned_away ? ConnectionState::rejected : ConnectionState::failed;
    const auto finish = [&]() -> Expected<OutboxResult> {
      KITH_TRY(context_.store.note(transaction, now.id, step_name(step), false, &refusal));
      KITH_TRY(context_.lifecycle.end(transaction, now, {state, core::error_info(refusal.code).name}, effects));
      return OutboxResult::done();
    };
    return finish();
  });
}

Expected<OutboxResult> Outgoing::on_refused_answer(storage::Transaction& transaction, HandshakeRow& row, Step step,
                                                   const HandshakeRefusal& refusal, Effects& effects) {
  effects.refuse(step_name(step), row.peer.text(), refusal.reason, refusal.local);
  KITH_TRY(context_.store.note(transaction, row.id, step_name(step), false, &refusal.wire));
  effects.touch(row);
  if (!refusal.ends) return OutboxResult::again(text_of(refusal.wire));
  KITH_TRY(context_.lifecycle.end(transaction, row, {ConnectionState::failed, reason_name(refusal.reason)}, effects));
  return OutboxResult::done();
}

Expected<SignedMessage> Outgoing::stored_request(const HandshakeRow& row, Step step,
                                                 const std::function<Expected<SignedMessage>(storage::Reader&)>& make) {
  std::optional<SignedMessage> request;
  const auto work = [&](storage::Transaction& transaction, Effects&) -> Expected<void> {
    KITH_TRY_ASSIGN(stored, context_.store.step(transaction, row.id, step_name(step)));
    if (stored && stored->request) {
      request = std::move(stored->request);
      return {};
    }
    KITH_TRY_ASSIGN(made, make(transaction));
    KITH_TRY(
        context_.store.put_step(transaction, row.id, step_name(step), {request_hash(made.body), made, std::nullopt}));
    request = std::move(made);
    return {};
  };
  KITH_TRY(context_.change(work));
  return std::move(*request);
}

OutboxResult Outgoing::verify(const OutboxTask& task) {
  const auto row = load(task);
  if (!row || row->role != Role::initiator || row->phase != Phase::exchanged) return OutboxResult::done();
  const auto request = stored_request(*row, Step::verify, [&](storage::Reader& reader) -> Expected<SignedMessage> {
    KITH_TRY_ASSIGN(state, context_.store.state<Exchanged>(reader, row->id));
    KITH_TRY_ASSIGN(keys, context_.store.own_keys(reader, row->id, 0));
    return initiator::make_verify(state, context_.parts.identity.signing_key(), keys.sign, context_.parts.clock.now());
  });
  if (!request) return try_again(*row, "verify", request.error());
  const auto reply = ask(*row, Step::verify, *request);
  if (!reply) return try_again(*row, "verify", reply.error());
  if (reply->final_refusal) return give_up(*row, Step::verify, *reply->final_refusal);
  if (!reply->answer) return try_again(*row, "verify", reply->error);
  return settle(*row, Phase::exchanged,
                [&](storage::Transaction& transaction, HandshakeRow& now, Effects& effects) -> Expected<OutboxResult> {
                  KITH_TRY_ASSIGN(state, context_.store.state<Exchanged>(transaction, now.id));
                  const auto verified = initiator::on_verify_answer(state, request->body, *reply->answer);
                  if (!verified) {
                    return on_refused_answer(transaction, now, Step::verify, verified.error(), effects);
                  }
                  KITH_TRY(context_.store.put_state(transaction, now.id, *verified));
                  KITH_TRY(context_.store.note(transaction, now.id, "verify", true));
                  KITH_TRY(context_.parts.outbox.add(transaction, "complete", now.id.text()));
                  now.phase = Phase::verified;
                  effects.touch(now);
                  effects.wake = true;
                  KITH_TRY(context_.store.save(transaction, now));
                  return OutboxResult::done();
                });
}

OutboxResult Outgoing::complete(const OutboxTask& task) {
  const auto row = load(task);
  if (!row || row->role != Role::initiator || row->phase != Phase::verified) return OutboxResult::done();
  const auto request = stored_request(*row, Step::complete, [&](storage::Reader& reader) -> Expected<SignedMessage> {
    KITH_TRY_ASSIGN(state, context_.store.state<Verified>(reader, row->id));
    return initiator::make_complete(state, context_.parts.identity.signing_key());
  });
  if (!request) return try_again(*row, "complete", request.error());
  const auto reply = ask(*row, Step::complete, *request);
  if (!reply) return try_again(*row, "complete", reply.error());
  if (reply->final_refusal) return give_up(*row, Step::complete, *reply->final_refusal);
  if (!reply->answer) return try_again(*row, "complete", reply->error);
  return settle(*row, Phase::verified,
                [&](storage::Transaction& transaction, HandshakeRow& now, Effects& effects) -> Expected<OutboxResult> {
                  KITH_TRY_ASSIGN(state, context_.store.state<Verified>(transaction, now.id));
                  const auto connection = initiator::on_complete_answer(state, request->body, *reply->answer);
                  if (!connection) {
                    return on_refused_answer(transaction, now, Step::complete, connection.error(), effects);
                  }
                  now.over_https = reply->https;
                  KITH_TRY(context_.lifecycle.establish(transaction, now, *connection, effects));
                  return OutboxResult::done();
                });
}

OutboxResult Outgoing::poll(const OutboxTask& task) {
  const auto row = load(task);
  const bool open =
      row && row->role == Role::initiator && row->poll &&
      (row->phase == Phase::answered || row->phase == Phase::exchanged || row->state == ConnectionState::rejected);
  if (!open) return OutboxResult::done();
  std::optional<SignedMessage> answer;
  const auto look = [&](storage::Reader& reader) -> Expected<void> {
    KITH_TRY_ASSIGN(step, context_.store.step(reader, row->id, "exchange"));
    if (step) answer = std::move(step->answer);
    return {};
  };
  if (auto read = context_.parts.database.read(look); !read) return OutboxResult::again(text_of(read.error()));
  const bool may_wait = !answer && !long_poll_.exchange(true);
  const auto wait = may_wait ? context_.parts.options.poll_wait : std::chrono::seconds{0};
  const auto request = initiator::make_poll(context_.lifecycle.parties_of(*row), context_.parts.identity.signing_key(),
                                            wait, std::move(answer));
  const auto reply = ask(*row, Step::poll, request, wait + std::chrono::seconds{20});
  if (may_wait) long_poll_ = false;
  if (!reply) return try_again(*row, "poll", reply.error());
  if (reply->final_refusal && row->ended()) return OutboxResult::done();
  if (reply->final_refusal) return give_up(*row, Step::poll, *reply->final_refusal);
  if (!reply->answer) return try_again(*row, "poll", reply->error);
  return on_poll_answer(*row, request.body, *reply->answer);
}

OutboxResult Outgoing::on_poll_answer(const HandshakeRow& row, std::string_view request, const SignedMessage& answer) {
  const auto polled = initiator::on_poll_answer(context_.lifecycle.parties_of(row), request, answer);
  if (!polled) return try_again(row, "poll", polled.error().wire);
  if (polled->status == wire::PollStatus::accepted) {
    return settle(
        row, row.phase,
        [&](storage::Transaction& transaction, HandshakeRow& now, Effects& effects) -> Expected<OutboxResult> {
          if (now.phase == Phase::answered) {
            // They say that they took an answer, and none was made here: the next poll may know better.
            const Error strange{ErrorCode::peer_error, "the peer took an answer that was never given", {}, {}};
            KITH_TRY(context_.store.note(transaction, now.id, "poll", false, &strange));
            effects.touch(now);
            return OutboxResult::again(text_of(strange));
          }
          KITH_TRY(context_.store.note(transaction, now.id, "poll", true));
          if (now.phase != Phase::exchanged) return OutboxResult::done();
          KITH_TRY(context_.parts.outbox.add(transaction, "verify", now.id.text()));
          effects.wake = true;
          return OutboxResult::done();
        });
  }
  if (polled->status == wire::PollStatus::decided && polled->request) {
    const auto taken = inbound_.exchange(*polled->request);
    // The exchange put the next poll, with our answer in it, into the outbox.
    if (taken.status == 200) return OutboxResult::later(context_.parts.options.poll_pause);
    return try_again(row, "exchange", {ErrorCode::peer_error, "the decision fetched by poll can't be taken", {}, {}});
  }
  // Less often the longer it takes: people may need two weeks.
  const auto age = context_.parts.clock.now() - row.created_at;
  const std::chrono::milliseconds shortest = context_.parts.options.poll_pause;
  return OutboxResult::later(std::clamp(std::chrono::milliseconds(age / 60), shortest,
                                        std::max(shortest, std::chrono::milliseconds(std::chrono::minutes{1}))));
}

}  // namespace kith::federation
