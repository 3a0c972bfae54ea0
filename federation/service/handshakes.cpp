#include "federation/service/handshakes.hpp"

#include <utility>

#include "core/alerts.hpp"
#include "federation/limits.hpp"
#include "federation/protocol_constants.hpp"
#include "federation/service/handshake_context.hpp"
#include "federation/service/inbound_init.hpp"
#include "federation/service/inbound_steps.hpp"
#include "federation/service/outgoing.hpp"
#include "federation/service/polling.hpp"
#include "federation/service/upkeep.hpp"
#include "federation/service/wishes.hpp"

namespace kith::federation {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::int64_t kExpiredAtOnce = 200;  // rows a transaction, so that nobody waits long for it

// The question as a signed message; an absent or malformed signature is refused before anything else is looked at.
Expected<SignedMessage> message_of(const WireQuestion& question) {
  if (question.body.size() > kMaxBodyBytes) return core::fail(ErrorCode::too_large, "at most 64 KiB");
  const auto signature = parse_signature_header(question.signature);
  if (!signature) {
    return core::fail(ErrorCode::handshake_rejected, "the header Kith-Signature must be base64url of 64 bytes");
  }
  return SignedMessage{std::string(question.body), *signature};
}

}  // namespace

struct Handshakes::State {
  explicit State(Parts parts)
      : context(std::move(parts)),
        inbound_init(context),
        inbound_steps(context),
        polling(context),
        outgoing(context, inbound_steps),
        upkeep(context),
        wishes(context, upkeep),
        connections(context.parts.database, context.parts.vault, context.parts.clock) {
    context.answer_poll = [this](const core::ConnectionId& id) { polling.answer_waiting(id); };
    outgoing.attach(context.parts.outbox);
    upkeep.attach(context.parts.outbox);
  }

  // How the connection looks after what somebody did.
  Expected<ConnectionView> show(const std::optional<core::UserId>& user, Expected<core::ConnectionId> id) {
    if (!id) return tl::make_unexpected(std::move(id.error()));
    return connections.view(user, *id);
  }

  WireAnswer unsigned_message(std::string_view step, const WireQuestion& question, const Error& error) const {
    if (error.code == ErrorCode::handshake_rejected) {
      context.parts.events.alert(core::alert_kinds::kHandshakeFailed, question.source,
                                 "A message of the step " + std::string(step) + " came without a signature.");
    }
    return HandshakeContext::problem(error);
  }

  HandshakeContext context;
  InboundInit inbound_init;
  InboundSteps inbound_steps;
  Polling polling;
  Outgoing outgoing;
  Upkeep upkeep;
  Wishes wishes;
  Connections connections;
};

Handshakes::Handshakes(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {}
Handshakes::~Handshakes() {
  stop();
}

WireAnswer Handshakes::answer(Step step, const WireQuestion& question) {
  const auto message = message_of(question);
  if (!message) return state_->unsigned_message(step_name(step), question, message.error());
  switch (step) {
    case Step::init:
      return state_->inbound_init.answer(*message, question.source);
    case Step::exchange:
      return state_->inbound_steps.exchange(*message);
    case Step::verify:
      return state_->inbound_steps.verify(*message);
    case Step::complete:
      return state_->inbound_steps.complete(*message);
    default:
      return HandshakeContext::problem({ErrorCode::not_found, "no such step", {}, {}});
  }
}

void Handshakes::poll(const WireQuestion& question, std::function<void(WireAnswer)> reply) {
  const auto message = message_of(question);
  if (!message) return reply(state_->unsigned_message("poll", question, message.error()));
  state_->polling.poll(*message, std::move(reply));
}

Expected<ConnectionView> Handshakes::start(const core::UserId& user, const Wish& wish) {
  return state_->show(user, state_->wishes.start(user, wish));
}
Expected<ConnectionView> Handshakes::approve(const std::optional<core::UserId>& user, const core::ConnectionId& id,
                                             std::string_view fingerprint) {
  return state_->show(user, state_->wishes.approve(user, id, fingerprint));
}
Expected<ConnectionView> Handshakes::reject(const std::optional<core::UserId>& user, const core::ConnectionId& id) {
  return state_->show(user, state_->wishes.reject(user, id));
}
Expected<ConnectionView> Handshakes::confirm_words(const std::optional<core::UserId>& user,
                                                   const core::ConnectionId& id, bool match) {
  return state_->show(user, state_->wishes.confirm_words(user, id, match));
}
Expected<ConnectionView> Handshakes::retry(const std::optional<core::UserId>& user, const core::ConnectionId& id) {
  return state_->show(user, state_->wishes.retry(user, id));
}
Expected<ConnectionView> Handshakes::rotate(const std::optional<core::UserId>& user, const core::ConnectionId& id) {
  return state_->show(user, state_->wishes.rotate(user, id));
}
Expected<ConnectionView> Handshakes::revoke(const std::optional<core::UserId>& user, const core::ConnectionId& id) {
  return state_->show(user, state_->wishes.revoke(user, id));
}
Expected<void> Handshakes::revoke_all(const core::UserId& user) {
  return state_->wishes.revoke_all(user);
}

Expected<void> Handshakes::hide_ended(const core::UserId& user) {
  return state_->wishes.hide_ended(user);
}

Expected<void> Handshakes::on_rotate(const core::ConnectionId& id, std::string_view body) {
  return state_->upkeep.on_rotate(id, body);
}
Expected<void> Handshakes::on_revoke(const core::ConnectionId& id, std::string_view body) {
  return state_->upkeep.on_revoke(id, body);
}
Expected<void> Handshakes::on_ended_there(const core::ConnectionId& id) {
  return state_->upkeep.ended_by_peer(id);
}
void Handshakes::set_channel(PrivateChannel& channel) {
  state_->context.channel = &channel;
}

void Handshakes::expire() {
  state_->polling.answer_overdue();
  auto& context = state_->context;
  const auto now = context.parts.clock.now();
  const auto work = [&](storage::Transaction& transaction, Effects& effects) -> Expected<void> {
    const storage::Value values[] = {now, kExpiredAtOnce};
    KITH_TRY_ASSIGN(rows, context.store.select(transaction, "deadline <= ? ORDER BY deadline LIMIT ?", values));
    for (auto& row : rows) {
      if (row.ended()) {
        KITH_TRY(transaction.execute("DELETE FROM connections WHERE id = ?", {row.id.text()}));
        KITH_TRY(context.parts.outbox.drop_all(transaction, row.id.text()));
        effects.touch(row);
        continue;
      }
      const bool decided = row.approval == Approval::rejected || row.state == ConnectionState::failed;
      const auto reason = decided ? row.reason : std::string("expired");
      const auto state = decided ? row.state : ConnectionState::failed;
      KITH_TRY(context.lifecycle.end(transaction, row, {state, reason}, effects));
    }
    KITH_TRY(transaction.execute("DELETE FROM invites WHERE expires_at <= ? AND reserved = 0",
                                 {now - std::chrono::milliseconds(kTombstoneTime)}));
    return {};
  };
  if (auto done = context.change(work); !done) {
    context.parts.log.error("what is past its time can't be ended", {{"error", done.error().detail}});
  }
}

std::optional<core::Timestamp> Handshakes::next_deadline() {
  auto next = state_->context.polls.next();
  const auto read = state_->context.parts.database.read([&](storage::Reader& reader) {
    return reader.query("SELECT min(deadline) FROM connections WHERE deadline IS NOT NULL", {},
                        [&](const storage::Row& row) {
                          const auto earliest = row.optional_time(0);
                          if (earliest && (!next || *earliest < *next)) next = earliest;
                          return false;
                        });
  });
  if (!read) state_->context.parts.log.error("handshakes can't be read", {{"error", read.error().detail}});
  return next;
}

void Handshakes::stop() {
  state_->polling.stop();
}

}  // namespace kith::federation
