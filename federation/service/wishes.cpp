#include "federation/service/wishes.hpp"

#include "core/alerts.hpp"
#include "federation/fingerprint.hpp"
#include "federation/invite_link.hpp"
#include "federation/limits.hpp"
#include "federation/net/instance_directory.hpp"
#include "federation/wire/init.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using core::fail;

constexpr std::int64_t kMaxAsked = 100;  // unfinished ones a user asked for
constexpr int kMaxSuccessors = 16;       // handshakes that gave way to each other

Expected<Address> parse_peer(const Handshakes::Wish& wish, const std::optional<InviteLink>& invite) {
  if (wish.peer.empty() && invite) return invite->address;
  KITH_TRY_ASSIGN(peer, Address::parse(wish.peer));
  if (invite && invite->address != peer) {
    return fail(ErrorCode::bad_request, "the invite is from " + invite->address.text() + ", not from " + peer.text());
  }
  return peer;
}

HandshakeRow asked_row(const Handshakes::Parts& parts, const core::ConnectionId& id, const Address& own,
                       const Address& peer) {
  HandshakeRow row{.id = id,
                   .role = Role::initiator,
                   .state = ConnectionState::pending_out,
                   .phase = Phase::asked,
                   .initiator_key = parts.identity.public_key(),
                   .handshake_id = *HandshakeId::from(parts.random.bytes<16>()),
                   .local = own,
                   .peer = peer};
  row.poll = parts.options.delivery == "poll";
  row.deadline = parts.clock.now() + kApprovalTime;
  return row;
}

Expected<void> check_room(storage::Reader& reader, const core::UserId& user) {
  std::int64_t asked = 0;
  KITH_TRY(reader.query("SELECT count(*) FROM connections WHERE local_user = ? AND state = 'pending_out'",
                        {user.text()}, [&](const storage::Row& row) {
                          asked = row.integer(0);
                          return false;
                        }));
  if (asked < kMaxAsked) return {};
  return fail(ErrorCode::too_many_requests, "too many of your requests wait for an answer: end some of them first");
}

}  // namespace

Expected<core::ConnectionId> Wishes::start(const core::UserId& user, const Handshakes::Wish& wish) {
  const auto& parts = context_.parts;
  if (!wire::is_purpose(wish.purpose)) {
    return fail(ErrorCode::bad_request, "purpose must be at most 280 characters without control characters");
  }
  std::optional<InviteLink> invite;
  if (wish.invite) {
    KITH_TRY_ASSIGN(link, parse_invite_link(*wish.invite));
    invite = std::move(link);
  }
  KITH_TRY_ASSIGN(peer, parse_peer(wish, invite));
  KITH_TRY_ASSIGN(own_domain, Domain::parse(parts.identity.domain()));
  if (peer.domain() == own_domain) {
    return fail(ErrorCode::bad_request, peer.text() + " lives on this instance: share without a connection");
  }
  KITH_TRY(parts.directory.require_not_blocked(peer.domain().text()));
  const auto id = core::ConnectionId::make(parts.clock, parts.random);
  const auto work = [&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
    KITH_TRY_ASSIGN(local, parts.users.find_by_id(transaction, user));
    if (!local || !local->enabled) return fail(ErrorCode::not_found, "no such user here");
    KITH_TRY_ASSIGN(own, Address::make(local->handle, own_domain));
    auto row = asked_row(parts, id, own, peer);
    row.local_user = user;
    row.purpose = wish.purpose;
    if (invite) {
      row.invite = invite->id;
      row.expected_key = invite->fingerprint.compact();
    }
    KITH_TRY(make_way(transaction, row, effects));
    KITH_TRY(check_room(transaction, user));
    KITH_TRY(context_.store.insert(transaction, row));
    if (invite) KITH_TRY(context_.store.put_secret(transaction, id, "invite", core::to_bytes(invite->secret.view())));
    KITH_TRY(parts.outbox.add(transaction, "init", id.text()));
    effects.touch(row);
    effects.domains.push_back(peer.domain().text());
    effects.wake = true;
    return {};
  };
  KITH_TRY(context_.change(work));
  return id;
}

// Asking again replaces what nobody has answered yet; what is under way goes first.
Expected<void> Wishes::make_way(storage::Transaction& transaction, const HandshakeRow& row, Effects& effects) {
  KITH_TRY_ASSIGN(others, context_.store.of_pair(transaction, row.local, row.peer));
  for (auto& other : others) {
    const bool running = other.phase == Phase::exchanged || other.phase == Phase::verified;
    const bool deciding = other.role == Role::responder && other.state == ConnectionState::exchanging;
    if (running || deciding) {
      return fail(ErrorCode::wrong_state, "a connection with " + row.peer.text() + " is being made right now");
    }
    if (other.role != Role::initiator || !other.unfinished()) continue;
    KITH_TRY(context_.lifecycle.end(transaction, other, {ConnectionState::failed, "asked_anew", row.id}, effects));
  }
  return {};
}

Expected<core::ConnectionId> Wishes::on_row(const Who& user, const core::ConnectionId& id, const Deed& deed) {
  core::ConnectionId found = id;
  const auto work = [&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
    for (int steps = 0; steps < kMaxSuccessors; ++steps) {
      KITH_TRY_ASSIGN(row, context_.store.find(transaction, found));
      const bool theirs = row && row->local_user && (!user || row->local_user == user);
      if (!theirs || (row->hidden && !row->successor)) return fail(ErrorCode::not_found, "no such connection");
      if (!row->successor) return deed(transaction, *row, effects);
      found = *row->successor;
    }
    return fail(ErrorCode::not_found, "no such connection");
  };
  KITH_TRY(context_.change(work));
  return found;
}

Expected<core::ConnectionId> Wishes::approve(const Who& user, const core::ConnectionId& id,
                                             std::string_view fingerprint) {
  return on_row(
      user, id, [&](storage::Transaction& transaction, HandshakeRow& row, Effects& effects) -> Expected<void> {
        if (row.state != ConnectionState::pending_in) {
          return fail(ErrorCode::wrong_state, "only a request that waits for an answer can be approved; this one is " +
                                                  std::string(state_name(row.state)));
        }
        const auto given = Fingerprint::parse(fingerprint);
        if (!given || !row.peer_key || *given != Fingerprint::of(*row.peer_key)) {
          return fail(ErrorCode::fingerprint_mismatch,
                      "compare the fingerprint shown here with the one they read to you");
        }
        return context_.lifecycle.approve(transaction, row, effects);
      });
}

Expected<core::ConnectionId> Wishes::reject(const Who& user, const core::ConnectionId& id) {
  return on_row(
      user, id, [&](storage::Transaction& transaction, HandshakeRow& row, Effects& effects) -> Expected<void> {
        if (row.state == ConnectionState::pending_in) return context_.lifecycle.reject(transaction, row, effects);
        return fail(ErrorCode::wrong_state, "only a request that waits for an answer can be rejected; this one is " +
                                                std::string(state_name(row.state)));
      });
}

Expected<core::ConnectionId> Wishes::confirm_words(const Who& user, const core::ConnectionId& id, bool match) {
  return on_row(user, id,
                [&](storage::Transaction& transaction, HandshakeRow& row, Effects& effects) -> Expected<void> {
                  if (row.words.empty() || row.ended()) {
                    return fail(ErrorCode::wrong_state,
                                "there are no words to compare in the state " + std::string(state_name(row.state)));
                  }
                  KITH_TRY(context_.store.note(transaction, row.id, "words", match));
                  if (!match) {
                    effects.alerts.push_back({core::alert_kinds::kWordsDiffer, row.peer.text(),
                                              "The words with " + row.peer.text() + " differ: it was revoked"});
                    return upkeep_.revoke(transaction, row, "words_differ", effects);
                  }
                  row.verified = true;
                  effects.touch(row);
                  return context_.store.save(transaction, row);
                });
}

Expected<core::ConnectionId> Wishes::retry(const Who& user, const core::ConnectionId& id) {
  return on_row(user, id,
                [&](storage::Transaction& transaction, HandshakeRow& row, Effects& effects) -> Expected<void> {
                  if (row.phase == Phase::decided && row.state == ConnectionState::failed) {
                    row.state = ConnectionState::exchanging;
                    row.reason.clear();
                    KITH_TRY(context_.store.save(transaction, row));
                  }
                  KITH_TRY_ASSIGN(tasks, context_.parts.outbox.hurry(transaction, row.id.text()));
                  if (tasks == 0) {
                    return fail(ErrorCode::wrong_state,
                                row.ended() ? "this one has ended: ask anew" : "nothing waits for a retry");
                  }
                  effects.touch(row);
                  effects.wake = true;
                  return {};
                });
}

Expected<core::ConnectionId> Wishes::rotate(const Who& user, const core::ConnectionId& id) {
  return on_row(user, id, [&](storage::Transaction& transaction, HandshakeRow& row, Effects& effects) {
    return upkeep_.rotate(transaction, row, effects);
  });
}

Expected<core::ConnectionId> Wishes::revoke(const Who& user, const core::ConnectionId& id) {
  return on_row(user, id,
                [&](storage::Transaction& transaction, HandshakeRow& row, Effects& effects) -> Expected<void> {
                  if (row.ended() || row.approval == Approval::rejected) {
                    return fail(ErrorCode::wrong_state, "this one has ended already");
                  }
                  if (row.state == ConnectionState::pending_in)
                    return context_.lifecycle.reject(transaction, row, effects);
                  return upkeep_.revoke(transaction, row, "revoked_here", effects);
                });
}

Expected<void> Wishes::revoke_all(const core::UserId& user) {
  return context_.change([&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
    const storage::Value values[] = {user.text()};
    KITH_TRY_ASSIGN(rows, context_.store.select(transaction, "local_user = ? AND phase <> 'ended'", values));
    for (auto& row : rows) KITH_TRY(upkeep_.revoke(transaction, row, "account_ended", effects));
    return {};
  });
}

Expected<void> Wishes::hide_ended(const core::UserId& user) {
  return context_.parts.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute(
        "UPDATE connections SET hidden = 1, purpose = '' WHERE local_user = ? AND hidden = 0 AND phase = 'ended' "
        "AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.subject = connections.id)",
        {user.text()}));
    return {};
  });
}

}  // namespace kith::federation
