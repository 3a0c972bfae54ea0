#include "federation/service/lifecycle.hpp"

#include "federation/limits.hpp"
#include "federation/responder.hpp"
#include "federation/service/invite_book.hpp"

namespace kith::federation {
namespace {

// Ended connections answer "connection ended" for long: a peer that was away must hear it.
constexpr std::chrono::hours kRevokedKept{24 * 365};

}  // namespace

void Effects::touch(const HandshakeRow& row) {
  if (!row.local_user || row.hidden) return;
  const std::pair entry{row.id, *row.local_user};
  if (std::find(changed.begin(), changed.end(), entry) == changed.end()) changed.push_back(entry);
}

void Effects::refuse(std::string_view step, const std::string& peer, RefusalReason reason, const std::string& local) {
  auto text = std::string(reason_name(reason));
  if (!local.empty()) text += ": " + local;
  refusals.push_back({std::string(step), peer, std::move(text), is_failed_proof(reason)});
}

Expected<void> Lifecycle::end(storage::Transaction& transaction, HandshakeRow& row, const End& how,
                              Effects& effects) const {
  if (row.invite_use == InviteUse::reserved && row.invite) {
    KITH_TRY(invite_book::release(transaction, *row.invite));
    row.invite_use = InviteUse::none;
  }
  KITH_TRY(store_.drop_secrets(transaction, row.id));
  if (!how.keep_steps) KITH_TRY(store_.drop_steps(transaction, row.id));
  if (!how.keep_keys) KITH_TRY(store_.drop_keys(transaction, row.id));
  KITH_TRY(parts_.outbox.drop_all(transaction, row.id.text()));
  effects.touch(row);
  row.state = how.state;
  row.phase = Phase::ended;
  row.reason = std::string(how.reason);
  row.successor = how.successor;
  row.hidden = row.hidden || how.hide || how.successor.has_value();
  const bool was_trusted = row.established_at.has_value();
  row.deadline = parts_.clock.now() + (was_trusted ? kRevokedKept : kTombstoneTime);
  effects.decided.push_back(row.id);
  effects.domains.push_back(row.peer.domain().text());
  return store_.save(transaction, row);
}

Expected<void> Lifecycle::approve(storage::Transaction& transaction, HandshakeRow& row, Effects& effects) const {
  KITH_TRY_ASSIGN(state, store_.state<AwaitingDecision>(transaction, row.id));
  const auto keys = PermanentKeys::generate(parts_.random);
  auto started = responder::make_approval(state, parts_.identity.signing_key(), keys.public_keys(), parts_.random);
  KITH_TRY(store_.put_own_keys(transaction, row.id, 0, keys));
  KITH_TRY(store_.put_state(transaction, row.id, started.state));
  KITH_TRY(store_.put_step(transaction, row.id, "exchange",
                           {request_hash(started.request.body), std::move(started.request), std::nullopt}));
  row.state = ConnectionState::exchanging;
  row.phase = Phase::decided;
  row.approval = Approval::approved;
  KITH_TRY(store_.note(transaction, row.id, "approval", true));
  KITH_TRY(parts_.outbox.add(transaction, "exchange", row.id.text()));
  effects.wake = true;
  effects.touch(row);
  return store_.save(transaction, row);
}

Expected<void> Lifecycle::reject(storage::Transaction& transaction, HandshakeRow& row, Effects& effects) const {
  KITH_TRY_ASSIGN(state, store_.state<AwaitingDecision>(transaction, row.id));
  auto refusal = responder::make_rejection(state, parts_.identity.signing_key());
  KITH_TRY(store_.drop_secrets(transaction, row.id));
  KITH_TRY(
      store_.put_step(transaction, row.id, "exchange", {request_hash(refusal.body), std::move(refusal), std::nullopt}));
  row.state = ConnectionState::rejected;
  row.reason = "rejected_here";
  row.phase = Phase::decided;
  row.approval = Approval::rejected;
  KITH_TRY(store_.note(transaction, row.id, "approval", true));
  KITH_TRY(parts_.outbox.add(transaction, "exchange", row.id.text()));
  effects.wake = true;
  effects.touch(row);
  return store_.save(transaction, row);
}

Expected<void> Lifecycle::establish(storage::Transaction& transaction, HandshakeRow& row,
                                    const WireConnectionId& wire_id, Effects& effects) const {
  KITH_TRY_ASSIGN(others, store_.of_pair(transaction, row.local, row.peer));
  for (auto& other : others) {
    if (other.id == row.id) continue;
    // Somebody with another instance key may ask under the same name; that is not this pair's business.
    if (other.unfinished() && other.peer_key != row.peer_key) continue;
    KITH_TRY(end(transaction, other, {ConnectionState::revoked, "replaced", row.id}, effects));
  }
  const bool by_own_invite = row.role == Role::responder && row.invite_use == InviteUse::reserved;
  if (by_own_invite) {
    KITH_TRY(invite_book::spend(transaction, *row.invite));
    row.invite_use = InviteUse::spent;
    // Somebody nobody can reach and nothing is pinned for: the invite approved, people still compare the words.
    row.verified = row.verified || row.peer_checked == PeerCheck::same_key || row.privileged;
  }
  if (row.role == Role::initiator && !row.expected_key.empty()) row.verified = true;
  KITH_TRY(store_.drop_secrets(transaction, row.id));
  KITH_TRY_ASSIGN(peer_user, parts_.users.ensure_remote(transaction, row.peer));
  row.peer_user = peer_user;
  row.wire_id = wire_id;
  row.state = ConnectionState::established;
  row.phase = Phase::completed;
  row.established_at = parts_.clock.now();
  row.deadline = std::nullopt;
  KITH_TRY(store_.note(transaction, row.id, "complete", true));
  effects.touch(row);
  effects.domains.push_back(row.peer.domain().text());
  if (row.over_https) effects.https_domains.push_back(row.peer.domain().text());
  return store_.save(transaction, row);
}

Expected<void> Lifecycle::yield(storage::Transaction& transaction, HandshakeRow& ours, HandshakeRow& theirs,
                                Effects& effects) const {
  KITH_TRY(end(transaction, ours, {ConnectionState::failed, "crossed", theirs.id}, effects));
  if (theirs.phase == Phase::answered) KITH_TRY(approve(transaction, theirs, effects));
  return {};
}

Expected<std::optional<HandshakeRow>> Lifecycle::crossing(storage::Reader& reader, const HandshakeRow& row) const {
  KITH_TRY_ASSIGN(rows, store_.of_pair(reader, row.local, row.peer));
  for (auto& other : rows) {
    const bool opposite = other.role != row.role && other.pending() && other.approval != Approval::rejected;
    if (opposite && other.peer_key && other.peer_key == row.peer_key) return std::optional<HandshakeRow>(other);
  }
  return std::optional<HandshakeRow>();
}

Parties Lifecycle::parties_of(const HandshakeRow& row) const {
  const auto& own = parts_.identity.public_key();
  const auto peer = row.peer_key.value_or(InstanceKey{});
  const bool asked_here = row.role == Role::initiator;
  return {row.handshake_id, row.initiator(), row.responder(), asked_here ? own : peer, asked_here ? peer : own};
}

}  // namespace kith::federation
