#include "federation/service/upkeep.hpp"
#include "federation/key_soundness.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "federation/limits.hpp"
#include "federation/service/rotation_message.hpp"
#include "federation/transcript.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using core::fail;

constexpr std::string_view kRotateTarget = "/api/private/v1/rotate";
constexpr std::string_view kRevokeTarget = "/api/private/v1/revoke";

bool is_success(int status) {
  return status >= 200 && status < 300;
}

std::string text_of(const core::Error& error) {
  return std::string(core::error_info(error.code).name) + ": " + error.detail;
}

core::Error strange_answer(int status) {
  return {ErrorCode::peer_error, "the other instance answered " + std::to_string(status), {}, {}};
}

}  // namespace

void Upkeep::attach(Outbox& outbox) {
  outbox.handle("rotate", [this](const OutboxTask& task) { return deliver_rotation(task); });
  outbox.handle("revoke", [this](const OutboxTask& task) { return deliver_revocation(task); });
}

Expected<void> Upkeep::rotate(storage::Transaction& transaction, HandshakeRow& row, Effects& effects) {
  const auto& parts = context_.parts;
  if (row.state != ConnectionState::established || !row.wire_id) {
    return fail(ErrorCode::wrong_state, "only an established connection has keys to rotate");
  }
  KITH_TRY_ASSIGN(running, context_.store.step(transaction, row.id, "rotate"));
  if (running) return fail(ErrorCode::wrong_state, "a rotation is under way: the peer has not confirmed it yet");
  KITH_TRY_ASSIGN(current, context_.store.own_keys(transaction, row.id, row.own_epoch));
  const auto keys = PermanentKeys::generate(parts.random);
  RotationMessage message;
  message.event_id = core::make_ulid(parts.clock, parts.random);
  message.epoch = row.own_epoch + 1;
  message.keys = keys.public_keys();
  const auto bytes = rotation_bytes(*row.wire_id, row.local, row.peer, message.epoch, message.keys);
  message.old_signature = current.sign.sign(bytes);
  message.new_signature = keys.sign.sign(bytes);
  message.instance_signature = parts.identity.sign(bytes);
  KITH_TRY(context_.store.put_own_keys(transaction, row.id, message.epoch, keys));
  const auto body = message.serialise();
  KITH_TRY(context_.store.put_step(transaction, row.id, "rotate",
                                   {request_hash(body), SignedMessage{body, message.instance_signature}, {}}));
  KITH_TRY(parts.outbox.add(transaction, "rotate", row.id.text()));
  effects.touch(row);
  effects.wake = true;
  return {};
}

Expected<void> Upkeep::revoke(storage::Transaction& transaction, HandshakeRow& row, std::string_view reason,
                              Effects& effects) {
  // Once complete is on its way, the peer may have taken it: then the connection exists there.
  const bool half_established = row.role == Role::initiator && row.phase == Phase::verified;
  if (half_established) {
    KITH_TRY_ASSIGN(state, context_.store.state<Verified>(transaction, row.id));
    row.wire_id = connection_id(state.th3);
  }
  const bool must_tell = row.state == ConnectionState::established || half_established;
  KITH_TRY(context_.store.note(transaction, row.id, "revoke", !must_tell));
  KITH_TRY(context_.lifecycle.end(
      transaction, row, {.state = ConnectionState::revoked, .reason = reason, .keep_keys = must_tell}, effects));
  if (!must_tell) return {};
  const core::Json body{{"event_id", core::make_ulid(context_.parts.clock, context_.parts.random)}};
  effects.wake = true;
  return context_.parts.outbox.add(transaction, "revoke", row.id.text(), core::to_json_text(body));
}

OutboxResult Upkeep::deliver_rotation(const OutboxTask& task) {
  auto* channel = context_.channel.load();
  const auto id = core::ConnectionId::parse(task.subject);
  if (channel == nullptr || !id) return OutboxResult::again("no sessions yet");
  std::optional<SignedMessage> message;
  const auto look = [&](storage::Reader& reader) -> Expected<void> {
    KITH_TRY_ASSIGN(step, context_.store.step(reader, *id, "rotate"));
    if (step) message = std::move(step->request);
    return {};
  };
  if (auto read = context_.parts.database.read(look); !read) return OutboxResult::again(text_of(read.error()));
  if (!message) return OutboxResult::done();
  const auto answer = channel->send(*id, "POST", kRotateTarget, message->body);
  if (!answer && answer.error().code == ErrorCode::connection_ended) {
    if (auto ended = ended_by_peer(*id); !ended) return OutboxResult::again(text_of(ended.error()));
    return OutboxResult::done();
  }
  const bool taken = answer && is_success(answer->status);
  const auto error = answer ? strange_answer(answer->status) : answer.error();
  const auto noted = context_.change([&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
    KITH_TRY_ASSIGN(row, context_.store.find(transaction, *id));
    if (!row || row->state != ConnectionState::established) return {};
    KITH_TRY(context_.store.note(transaction, *id, "rotate", taken, taken ? nullptr : &error));
    effects.touch(*row);
    if (!taken) return {};
    KITH_TRY_ASSIGN(rotation, RotationMessage::parse(message->body));
    row->own_epoch = std::max(row->own_epoch, rotation.epoch);
    KITH_TRY(context_.store.drop_step(transaction, *id, "rotate"));
    return context_.store.save(transaction, *row);
  });
  if (!noted) return OutboxResult::again(text_of(noted.error()));
  return taken ? OutboxResult::done() : OutboxResult::again(text_of(error));
}

OutboxResult Upkeep::deliver_revocation(const OutboxTask& task) {
  auto* channel = context_.channel.load();
  const auto id = core::ConnectionId::parse(task.subject);
  if (!id) return OutboxResult::done();
  if (channel == nullptr) return OutboxResult::again("no sessions yet");
  const auto answer = channel->send(*id, "POST", kRevokeTarget, task.payload);
  const bool told = answer ? is_success(answer->status) : answer.error().code == ErrorCode::connection_ended;
  const bool too_late = context_.parts.clock.now() - task.created_at > kApprovalTime;
  const auto error = answer ? strange_answer(answer->status) : answer.error();
  const auto noted = context_.change([&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
    KITH_TRY_ASSIGN(row, context_.store.find(transaction, *id));
    if (!row) return {};
    KITH_TRY(context_.store.note(transaction, *id, "revoke", told, told ? nullptr : &error));
    effects.touch(*row);
    return told || too_late ? context_.store.drop_keys(transaction, *id) : Expected<void>();
  });
  if (!noted) return OutboxResult::again(text_of(noted.error()));
  return told || too_late ? OutboxResult::done() : OutboxResult::again(text_of(error));
}

Expected<void> Upkeep::on_rotate(const core::ConnectionId& id, std::string_view body) {
  return context_.change([&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
    KITH_TRY_ASSIGN(row, context_.store.find(transaction, id));
    if (!row || row->state != ConnectionState::established || !row->wire_id) return fail(ErrorCode::connection_ended);
    return take_rotation(transaction, *row, body, effects);
  });
}

Expected<void> Upkeep::take_rotation(storage::Transaction& transaction, HandshakeRow& row, std::string_view body,
                                     Effects& effects) {
  KITH_TRY_ASSIGN(last, context_.store.step(transaction, row.id, "rotated"));
  if (last && last->request_hash == request_hash(body)) return {};
  KITH_TRY_ASSIGN(message, RotationMessage::parse(body));
  if (message.epoch != row.peer_epoch + 1) {
    return fail(ErrorCode::conflict, "epoch must be " + std::to_string(row.peer_epoch + 1));
  }
  KITH_TRY_ASSIGN(current, context_.store.peer_keys(transaction, row.id, row.peer_epoch));
  const auto bytes = rotation_bytes(*row.wire_id, row.peer, row.local, message.epoch, message.keys);
  KITH_TRY_ASSIGN(own, context_.store.own_keys(transaction, row.id, row.own_epoch));
  const bool sound = core::is_sound_key(message.keys.sign_key) && is_acceptable(message.keys.box_key) &&
                     message.keys.sign_key != current.sign && message.keys.box_key != current.box &&
                     message.keys.sign_key != own.sign.public_key() && message.keys.box_key != own.box.public_key;
  const bool is_signed = row.peer_key && core::verify_signature(current.sign, bytes, message.old_signature) &&
                         core::verify_signature(message.keys.sign_key, bytes, message.new_signature) &&
                         core::verify_signature(*row.peer_key, bytes, message.instance_signature);
  if (!sound || !is_signed) {
    effects.refuse("rotate", row.peer.text(), sound ? RefusalReason::bad_signature : RefusalReason::unsound_key);
    return fail(ErrorCode::handshake_rejected);
  }
  // One that an auth never used is not valid any more: two epochs at most.
  KITH_TRY(context_.store.drop_keys_before(transaction, row.id, "peer", row.peer_epoch));
  KITH_TRY(context_.store.put_peer_keys(transaction, row.id, message.epoch, message.keys));
  KITH_TRY(context_.store.put_step(transaction, row.id, "rotated", {request_hash(body), std::nullopt, std::nullopt}));
  KITH_TRY(context_.store.note(transaction, row.id, "rotated_there", true));
  row.peer_epoch = message.epoch;
  effects.touch(row);
  return context_.store.save(transaction, row);
}

Expected<void> Upkeep::on_revoke(const core::ConnectionId& id, std::string_view body) {
  KITH_TRY_ASSIGN(event_id, event_id_of(body));
  (void)event_id;  // done twice is done once
  return ended_by_peer(id);
}

Expected<void> Upkeep::ended_by_peer(const core::ConnectionId& id) {
  return context_.change([&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
    KITH_TRY_ASSIGN(row, context_.store.find(transaction, id));
    if (!row || row->state != ConnectionState::established) return {};
    KITH_TRY(context_.store.note(transaction, id, "revoke", true));
    return context_.lifecycle.end(transaction, *row, {ConnectionState::revoked, "revoked_there"}, effects);
  });
}

}  // namespace kith::federation
