#include "federation/service/handshake_context.hpp"

#include <nlohmann/json.hpp>

#include "core/alerts.hpp"
#include "core/json.hpp"
#include "federation/net/instance_store.hpp"
#include "federation/net/peer_door.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::federation {

Expected<void> HandshakeContext::change(const Work& work) {
  Effects effects;
  const auto written = parts.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(work(transaction, effects));
    for (const auto& domain : effects.domains) KITH_TRY(update_use(transaction, domain));
    for (const auto& domain : effects.https_domains) KITH_TRY(keep_https(transaction, domain));
    return {};
  });
  tell_refusals(effects);
  if (written) publish(effects);
  return written;
}

void HandshakeContext::tell_refusals(const Effects& effects) const {
  for (const auto& [step, peer, reason, failed_proof] : effects.refusals) {
    parts.events.refused(step, peer, reason);
    if (!failed_proof) continue;
    parts.events.alert(core::alert_kinds::kHandshakeFailed, peer, "A message of the step " + step + ": " + reason);
  }
}

void HandshakeContext::publish(const Effects& effects) {
  for (const auto& [kind, about, detail] : effects.alerts) parts.events.alert(kind, about, detail);
  for (const auto& id : effects.decided) {
    if (answer_poll) answer_poll(id);
  }
  // It is on disk; the door's own memory follows.
  for (const auto& domain : effects.https_domains) {
    if (auto kept = parts.door.remember_https(domain); !kept) {
      parts.log.warning("can't remember that a peer speaks HTTPS", {{"domain", domain}});
    }
  }
  for (const auto& [id, user] : effects.changed) parts.events.changed(id, user);
  if (effects.wake) parts.outbox.wake();
}

Expected<void> HandshakeContext::update_use(storage::Transaction& transaction, const std::string& domain) const {
  bool in_use = false;
  KITH_TRY(transaction.query(
      "SELECT 1 FROM connections WHERE peer_domain = ? AND phase <> 'ended' AND local_user IS NOT NULL LIMIT 1",
      {domain}, [&](const storage::Row&) {
        in_use = true;
        return false;
      }));
  KITH_TRY_ASSIGN(instance, instance_store::find_or_new(transaction, domain, parts.clock.now()));
  if (instance.in_use == in_use) return {};
  instance.in_use = in_use;
  return instance_store::save(transaction, instance);
}

Expected<void> HandshakeContext::keep_https(storage::Transaction& transaction, const std::string& domain) const {
  KITH_TRY_ASSIGN(instance, instance_store::find_or_new(transaction, domain, parts.clock.now()));
  if (instance.https_only) return {};
  instance.https_only = true;
  instance.scheme = PeerScheme::https;
  return instance_store::save(transaction, instance);
}

Expected<void> HandshakeContext::require_not_blocked(storage::Reader& reader, const HandshakeRow& row) {
  const auto domain = row.peer.domain().text();
  KITH_TRY_ASSIGN(instance, instance_store::find(reader, domain));
  if (!instance || !instance->blocked) return {};
  return core::fail(core::ErrorCode::peer_blocked, domain + " is blocked here");
}

WireAnswer HandshakeContext::problem(const core::Error& error) {
  const auto& info = core::error_info(error.code);
  core::Json body{{"status", info.http_status}, {"title", info.title}, {"code", info.name}};
  if (!error.detail.empty()) body["detail"] = error.detail;
  return {info.http_status, core::to_json_text(body), {}, error.retry_after, std::string(kProblemMediaType)};
}

WireAnswer HandshakeContext::signed_answer(const SignedMessage& message) {
  return {200, message.body, signature_header(message.signature), std::nullopt, std::string(kJsonMediaType)};
}

WireAnswer HandshakeContext::refusal(Step step, std::string_view request, const core::Error& error) const {
  if (!is_final_code(error.code)) return problem(error);
  const auto message = sign_refusal(parts.identity.signing_key(), step, request, error);
  return {core::error_info(error.code).http_status, message.body, signature_header(message.signature), std::nullopt,
          std::string(kProblemMediaType)};
}

WireAnswer HandshakeContext::refused(Step step, std::string_view request, const HandshakeRefusal& why,
                                     const std::string& peer) const {
  Effects effects;
  auto answer = refused(step, request, why, peer, effects);
  tell_refusals(effects);
  return answer;
}

WireAnswer HandshakeContext::refused(Step step, std::string_view request, const HandshakeRefusal& why,
                                     const std::string& peer, Effects& effects) const {
  effects.refuse(step_name(step), peer, why.reason, why.local);
  return why.ends ? refusal(step, request, why.wire) : problem(why.wire);
}

Expected<std::optional<WireAnswer>> answer_again(const HandshakeContext& context, storage::Reader& reader,
                                                 const HandshakeRow& row, Step step, std::string_view request) {
  KITH_TRY_ASSIGN(stored, context.store.step(reader, row.id, step_name(step)));
  const bool known = stored && stored->answer && stored->request_hash == request_hash(request);
  if (known) return std::optional(HandshakeContext::signed_answer(*stored->answer));
  if (row.ended()) {
    return std::optional(context.refusal(step, request, {core::ErrorCode::handshake_ended, {}, {}, {}}));
  }
  if (!stored || !stored->answer) return std::optional<WireAnswer>();
  const core::Error other{core::ErrorCode::conflict, "this step was done with other bytes, and those stand", {}, {}};
  return std::optional(HandshakeContext::problem(other));
}

}  // namespace kith::federation
