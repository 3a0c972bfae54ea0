#include "federation/service/inbound_init.hpp"

#include "federation/handshake_rules.hpp"
#include "federation/limits.hpp"
#include "federation/net/instance_directory.hpp"
#include "federation/responder.hpp"
#include "federation/service/invite_book.hpp"

namespace kith::federation {

using core::ErrorCode;

// What is known of an init while it is judged.
struct InboundInit::Arrival {
  const SignedMessage& request;
  const wire::InitRequest& init;
  std::string source;
  bool pinned = false;
  std::optional<LocalUser> user{};     // enabled ones only
  std::optional<HandshakeRow> ours{};  // a handshake of ours it crosses
  bool ours_goes_on = false;
  std::optional<InviteSecret> invite_secret{};
  std::optional<HandshakeRefusal> refusal{};  // for the audit log, when taking it fails
};

WireAnswer InboundInit::answer(const SignedMessage& request, std::string_view source) {
  const auto own_domain = Domain::parse(context_.parts.identity.domain());
  if (!own_domain) return HandshakeContext::problem(own_domain.error());
  const auto init = responder::check_init(request, *own_domain, context_.parts.identity.public_key());
  if (!init) return context_.refused(Step::init, request.body, init.error(), std::string(source));
  Arrival arrival{.request = request, .init = *init, .source = source_network(source)};

  std::optional<WireAnswer> again;
  const auto look = [&](storage::Reader& reader) -> Expected<void> {
    KITH_TRY_ASSIGN(found, seen_before(reader, *init, request.body));
    again = std::move(found);
    return {};
  };
  if (auto read = context_.parts.database.read(look); !read) return HandshakeContext::problem(read.error());
  if (again) return *again;

  if (!timestamp_acceptable(init->timestamp, context_.parts.clock.now())) {
    return HandshakeContext::problem({ErrorCode::timestamp_out_of_range,
                                      "timestamp is more than five minutes from the time here, " +
                                          core::format_timestamp(context_.parts.clock.now()) + ": check both clocks",
                                      {},
                                      {}});
  }
  WireAnswer answer;
  auto judged = judge_instance(arrival);
  if (judged) {
    judged = context_.change([&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
      KITH_TRY_ASSIGN(taken, take(transaction, arrival, effects));
      answer = std::move(taken);
      return {};
    });
  }
  if (arrival.refusal) return context_.refused(Step::init, request.body, *arrival.refusal, init->initiator.text());
  if (!judged) return HandshakeContext::problem(judged.error());
  return answer;
}

Expected<std::optional<WireAnswer>> InboundInit::seen_before(storage::Reader& reader, const wire::InitRequest& init,
                                                             std::string_view body) const {
  KITH_TRY_ASSIGN(row, context_.store.find(reader, init.instance_key, init.handshake_id));
  if (!row) return std::optional<WireAnswer>();
  return answer_again(context_, reader, *row, Step::init, body);
}

// Pins are judged on the key the message shows; nothing is fetched.
Expected<void> InboundInit::judge_instance(Arrival& arrival) const {
  const auto& init = arrival.init;
  auto known =
      context_.parts.directory.present_key(init.initiator.domain().text(), init.instance_key, init.key_statements);
  if (known) {
    arrival.pinned = is_pinned(known->pin);
    return {};
  }
  if (known.error().code == ErrorCode::key_mismatch) {
    auto refused = refuse_for_good(RefusalReason::key_mismatch, known.error().detail);
    arrival.refusal = std::move(refused.value());
  }
  return tl::make_unexpected(std::move(known.error()));
}

Expected<WireAnswer> InboundInit::take(storage::Transaction& transaction, Arrival& arrival, Effects& effects) const {
  const auto& init = arrival.init;
  KITH_TRY_ASSIGN(again, seen_before(transaction, init, arrival.request.body));
  if (again) return *again;
  KITH_TRY_ASSIGN(user, context_.parts.users.find_by_handle(transaction, init.responder.handle()));
  if (user && user->enabled) arrival.user = std::move(user);
  KITH_TRY(end_predecessors(transaction, arrival, effects));
  if (init.invite && arrival.user) {
    KITH_TRY_ASSIGN(secret, invite_book::usable(transaction, context_.parts.vault, arrival.user->id, init.invite->id,
                                                context_.parts.clock.now()));
    arrival.invite_secret = std::move(secret);
  }
  if (arrival.user) KITH_TRY(find_crossing(transaction, arrival));
  return store(transaction, arrival, effects);
}

// The same instance asks the same person again: the new handshake stands for the old one, and its invite is free again.
Expected<void> InboundInit::end_predecessors(storage::Transaction& transaction, const Arrival& arrival,
                                             Effects& effects) const {
  const auto& init = arrival.init;
  KITH_TRY_ASSIGN(rows, context_.store.of_pair(transaction, init.responder, init.initiator));
  for (auto& row : rows) {
    if (row.role != Role::responder || !row.unfinished() || row.initiator_key != init.instance_key) continue;
    const bool undecided = row.approval == Approval::none;
    KITH_TRY(context_.lifecycle.end(
        transaction, row, {.state = ConnectionState::failed, .reason = "asked_anew", .hide = undecided}, effects));
  }
  return {};
}

// A handshake of ours for the same two people that has not got further than being asked.
Expected<void> InboundInit::find_crossing(storage::Reader& reader, Arrival& arrival) const {
  const auto& init = arrival.init;
  KITH_TRY_ASSIGN(rows, context_.store.of_pair(reader, init.responder, init.initiator));
  for (auto& row : rows) {
    const bool asked = row.role == Role::initiator && row.phase <= Phase::answered && row.peer_key == init.instance_key;
    if (!asked) continue;
    // One whose init was never made, or that they already answered with "crossed", can't go on.
    const bool sent = row.temporary_key.has_value() && row.phase != Phase::crossed;
    arrival.ours_goes_on =
        sent && judge_crossed(*row.temporary_key, init.initiator_key) == CrossedVerdict::ours_goes_on;
    arrival.ours = std::move(row);
    return {};
  }
  return {};
}

// How it is kept: as asked, as a fake for somebody who isn't here, or as the tombstone of one that crossed ours.
HandshakeRow InboundInit::row_of(const Arrival& arrival) const {
  const auto& init = arrival.init;
  const bool ends = arrival.ours_goes_on;
  HandshakeRow row{.id = core::ConnectionId::make(context_.parts.clock, context_.parts.random),
                   .role = Role::responder,
                   .state = ends ? ConnectionState::failed : ConnectionState::pending_in,
                   .phase = ends ? Phase::ended : Phase::answered,
                   .initiator_key = init.instance_key,
                   .handshake_id = init.handshake_id,
                   .local = init.responder,
                   .peer = init.initiator};
  if (arrival.user) row.local_user = arrival.user->id;
  row.hidden = !arrival.user || ends;
  if (ends) {
    row.successor = arrival.ours->id;
    row.reason = "crossed";
  }
  row.peer_key = init.instance_key;
  row.purpose = init.purpose;
  row.poll = init.delivery == wire::Delivery::poll;
  row.temporary_key = init.initiator_key;
  row.source = arrival.source;
  row.privileged = arrival.pinned;
  row.deadline = context_.parts.clock.now() + (ends ? kTombstoneTime : kApprovalTime);
  if (arrival.invite_secret && !ends) {
    row.invite = init.invite->id;
    row.invite_use = InviteUse::reserved;
  }
  return row;
}

Expected<WireAnswer> InboundInit::store(storage::Transaction& transaction, Arrival& arrival, Effects& effects) const {
  const auto& parts = context_.parts;
  const auto& request = arrival.request;
  const bool goes_on = !arrival.ours_goes_on;
  const responder::InitDecision decision{.status = goes_on ? wire::InitStatus::pending : wire::InitStatus::crossed,
                                         .timestamp = parts.clock.now(),
                                         .invite_secret = arrival.invite_secret ? &*arrival.invite_secret : nullptr,
                                         .key_statements = parts.identity.key_statements()};
  auto answered =
      responder::answer_init(arrival.init, request.body, parts.identity.signing_key(), decision, parts.random);
  if (!answered) {
    arrival.refusal = std::move(answered.error());
    return tl::make_unexpected(arrival.refusal->wire);
  }
  auto row = row_of(arrival);
  const bool invited = row.invite_use == InviteUse::reserved;
  KITH_TRY(admission_.make_record(transaction, row));
  if (goes_on && !invited && !arrival.ours) KITH_TRY(admission_.make_room(transaction, row, effects));
  if (invited) KITH_TRY(invite_book::reserve(transaction, *row.invite));
  KITH_TRY(context_.store.insert(transaction, row));
  KITH_TRY(context_.store.put_step(transaction, row.id, "init",
                                   {request_hash(request.body), std::nullopt, answered->answer}));
  if (goes_on) {
    KITH_TRY(context_.store.put_state(transaction, row.id, answered->state));
    KITH_TRY(context_.store.note(transaction, row.id, "init", true));
    effects.domains.push_back(row.peer.domain().text());
  }
  effects.touch(row);
  if (goes_on && arrival.ours) {
    KITH_TRY(context_.lifecycle.yield(transaction, *arrival.ours, row, effects));
  } else if (invited) {
    KITH_TRY(context_.lifecycle.approve(transaction, row, effects));
  }
  return HandshakeContext::signed_answer(answered->answer);
}

}  // namespace kith::federation
