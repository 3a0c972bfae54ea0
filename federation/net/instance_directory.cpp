#include "federation/net/instance_directory.hpp"

#include "core/encoding.hpp"
#include "federation/fingerprint.hpp"
#include "federation/protocol_constants.hpp"
#include "federation/wire/discovery.hpp"

namespace kith::federation {

using core::Error;
using core::ErrorCode;

// A key somebody showed as `domain`'s, and what came with it.
struct InstanceDirectory::Presented {
  core::VerifyKey key;
  std::span<const KeyStatement> statements;
  bool web_authority = false;
  const wire::DiscoveryDocument* document = nullptr;  // with discovery
};

// What one look at a key came to. A refusal is told only after the transaction, so that the alert stays.
struct InstanceDirectory::Verdict {
  KnownInstance instance;
  std::optional<Error> refusal;
  bool new_alert = false;
};

namespace {

std::string grouped(const core::VerifyKey& key) {
  return Fingerprint::of(key).grouped();
}

// At most `limit` bytes of `text`, cut between characters.
std::string bounded(const std::string& text, std::size_t limit) {
  if (text.size() <= limit) return text;
  auto end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

// An accepted key may have come without statements, so its number is only known when a list names it.
std::uint64_t number_in(const std::vector<KeyStatement>& chain, const KnownInstance& instance) {
  if (instance.key_number != 0) return instance.key_number;
  for (const auto& statement : chain) {
    if (statement.new_key == instance.key) return statement.number;
  }
  return 0;
}

Error mismatch(const KnownInstance& instance, const core::VerifyKey& shown) {
  if (shown == *instance.key) {
    return {ErrorCode::key_mismatch,
            instance.domain + " shows the pinned key with statements that do not fit it; an administrator should look",
            {},
            {}};
  }
  return {ErrorCode::key_mismatch,
          instance.domain + " shows another key (" + grouped(shown) + ") than the one pinned (" +
              grouped(*instance.key) + "); an administrator can accept it after asking the people there",
          {},
          {}};
}

}  // namespace

InstanceDirectory::InstanceDirectory(PeerDoor& door, storage::Database& database, const InstanceIdentity& own,
                                     const core::Clock& clock, core::Logger logger,
                                     std::function<void(std::string_view, std::string_view)> raise_alert)
    : door_(door),
      database_(database),
      own_(own),
      clock_(clock),
      logger_(std::move(logger)),
      raise_alert_(std::move(raise_alert)) {}

Expected<void> InstanceDirectory::require_foreign(std::string_view domain, const core::VerifyKey* key) const {
  if (domain == own_.domain()) return core::fail(ErrorCode::conflict, "that is this instance itself");
  if (key != nullptr && *key == own_.public_key()) {
    return core::fail(ErrorCode::conflict, std::string(domain) + " shows this instance's own key");
  }
  return {};
}

Expected<DiscoveredInstance> InstanceDirectory::discover(std::string_view domain, Urgency urgency) {
  KITH_TRY(require_foreign(domain, nullptr));
  PeerCall call;
  call.method = "GET";
  call.target = kDiscoveryPath;
  call.max_response = net_limits::kDiscoveryDocument;
  KITH_TRY_ASSIGN(answer, door_.call(domain, call, urgency));
  if (answer.status != 200) return tl::make_unexpected(error_from_answer(domain, answer));
  const auto document = wire::DiscoveryDocument::parse(answer.body);
  if (!document) {
    const bool broken_chain = document.error().code == ErrorCode::key_mismatch;
    if (broken_chain) KITH_TRY(alert_broken_chain(domain));
    return core::fail(broken_chain ? ErrorCode::key_mismatch : ErrorCode::peer_error,
                      std::string(domain) + ": its discovery document does not hold: " + document.error().detail);
  }
  if (document->domain.text() != domain) {
    return core::fail(ErrorCode::peer_error,
                      std::string(domain) + " calls itself " + document->domain.text() + ": use that address instead");
  }
  DiscoveredInstance discovered;
  discovered.over_https = answer.tls.has_value();
  discovered.web_authority = answer.tls && answer.tls->web_authority;
  KITH_TRY_ASSIGN(instance, judge(domain, {document->instance_key, document->key_statements, discovered.web_authority,
                                           &*document}));
  discovered.instance = std::move(instance);
  return discovered;
}

Expected<KnownInstance> InstanceDirectory::present_key(std::string_view domain, const core::VerifyKey& key,
                                                       std::span<const KeyStatement> statements) {
  return judge(domain, {key, statements});
}

Expected<KnownInstance> InstanceDirectory::judge(std::string_view domain, const Presented& presented) {
  KITH_TRY(Domain::parse(domain));
  KITH_TRY(require_foreign(domain, &presented.key));
  if (!core::is_sound_key(presented.key)) {
    return core::fail(ErrorCode::key_mismatch, std::string(domain) + " shows a key that is none");
  }
  KITH_TRY_ASSIGN(verdict, database_.write_for<Verdict>([&](storage::Transaction& transaction) {
    return apply(transaction, domain, presented);
  }));
  if (verdict.new_alert) tell(verdict.instance);
  if (verdict.refusal) return tl::make_unexpected(std::move(*verdict.refusal));
  return std::move(verdict.instance);
}

void InstanceDirectory::tell(const KnownInstance& instance) const {
  logger_.warning("instance key alert", {{"domain", instance.domain}, {"alert", *instance.alert}});
  if (raise_alert_) raise_alert_(instance.domain, *instance.alert);
}

Expected<void> InstanceDirectory::alert_broken_chain(std::string_view domain) {
  KITH_TRY_ASSIGN(known, find(domain));
  if (!known || !is_pinned(known->pin) || known->alert) return {};
  KITH_TRY_ASSIGN(changed, change(domain, false, [&](KnownInstance& instance) -> Expected<void> {
                    instance.alert = "it shows key statements that do not hold";
                    instance.alert_at = clock_.now();
                    return {};
                  }));
  tell(changed);
  return {};
}

Expected<InstanceDirectory::Verdict> InstanceDirectory::apply(storage::Transaction& transaction,
                                                              std::string_view domain, const Presented& presented) {
  KITH_TRY_ASSIGN(parsed, Domain::parse(domain));
  KITH_TRY_ASSIGN(instance, instance_store::find_or_new(transaction, domain, clock_.now()));
  if (instance.blocked) {
    return core::fail(ErrorCode::peer_blocked, std::string(domain) + " is blocked by an administrator");
  }
  const std::vector<KeyStatement> chain(presented.statements.begin(), presented.statements.end());
  Verdict verdict;
  if (is_pinned(instance.pin)) {
    const PinnedKey pinned{parsed, number_in(chain, instance), *instance.key};
    verdict = judge_pinned(std::move(instance), pinned, chain, presented);
  } else {
    KITH_TRY(check_chain(parsed, chain, presented.key));
    instance.key = presented.key;
    instance.key_number = current_number(chain);
    instance.pin = presented.web_authority ? PinKind::web_authority : PinKind::provisional;
    verdict.instance = std::move(instance);
  }
  if (presented.document != nullptr && !verdict.refusal) {
    verdict.instance.name = bounded(presented.document->name, net_limits::kPeerName);
    verdict.instance.software = bounded(presented.document->software, net_limits::kPeerName);
  }
  KITH_TRY(instance_store::save(transaction, verdict.instance));
  return verdict;
}

InstanceDirectory::Verdict InstanceDirectory::judge_pinned(KnownInstance instance, const PinnedKey& pinned,
                                                           const std::vector<KeyStatement>& chain,
                                                           const Presented& presented) const {
  const core::VerifyKey& shown = presented.key;
  const auto result = judge_succession(pinned, chain, shown);
  Verdict verdict{std::move(instance), {}, false};
  auto& row = verdict.instance;
  if (result.succession == Succession::same) {
    row.key_number = result.number;
    return verdict;
  }
  if (result.succession == Succession::succeeded) {
    row.key = shown;
    row.key_number = result.number;
    return verdict;
  }
  verdict.refusal = mismatch(row, shown);
  // Anybody can write an init in the domain's name: what discovery there showed is not replaced by it.
  const bool offered = shown != *row.key && (!row.offered_key || presented.document != nullptr);
  const bool other_key = shown != *row.key && row.offered_key != shown;
  if (offered) row.offered_key = shown;
  verdict.new_alert = !row.alert || (other_key && may_alert_again(row));
  if (verdict.new_alert || (offered && other_key)) {
    const bool fork = result.succession == Succession::fork;
    row.alert = fork ? "its key has two successors: the private key may be in other hands; shown now: " + grouped(shown)
                     : "it shows another key than the one pinned: " + grouped(shown);
  }
  if (verdict.new_alert) row.alert_at = clock_.now();
  return verdict;
}

// A new alert about a domain that has one: not for each of the keys somebody shows in turn.
bool InstanceDirectory::may_alert_again(const KnownInstance& instance) const {
  return clock_.now() - *instance.alert_at >= net_limits::kAlertAgain;
}

Expected<std::optional<KnownInstance>> InstanceDirectory::find(std::string_view domain) {
  return database_.read_for<std::optional<KnownInstance>>(
      [&](storage::Reader& reader) { return instance_store::find(reader, domain); });
}

Expected<void> InstanceDirectory::require_not_blocked(std::string_view domain) {
  KITH_TRY_ASSIGN(instance, find(domain));
  if (!instance || !instance->blocked) return {};
  return core::fail(ErrorCode::peer_blocked, std::string(domain) + " is blocked by an administrator");
}

Expected<KnownInstance> InstanceDirectory::change(std::string_view domain, bool make,
                                                  const std::function<Expected<void>(KnownInstance&)>& edit) {
  KITH_TRY(Domain::parse(domain));
  KITH_TRY(require_foreign(domain, nullptr));
  return database_.write_for<KnownInstance>([&](storage::Transaction& transaction) -> Expected<KnownInstance> {
    KITH_TRY_ASSIGN(found, instance_store::find(transaction, domain));
    if (!found && !make) return core::fail(ErrorCode::not_found, "no instance " + std::string(domain) + " is known");
    KITH_TRY_ASSIGN(instance, instance_store::find_or_new(transaction, domain, clock_.now()));
    KITH_TRY(edit(instance));
    KITH_TRY(instance_store::save(transaction, instance));
    return instance;
  });
}

Expected<void> InstanceDirectory::set_in_use(std::string_view domain, bool in_use) {
  KITH_TRY(change(domain, true, [&](KnownInstance& instance) -> Expected<void> {
    instance.in_use = in_use;
    return {};
  }));
  return {};
}

Expected<std::vector<KnownInstance>> InstanceDirectory::list(std::string_view after, int limit) {
  return database_.read_for<std::vector<KnownInstance>>(
      [&](storage::Reader& reader) { return instance_store::list(reader, after, limit); });
}

Expected<KnownInstance> InstanceDirectory::set_blocked(std::string_view domain, bool blocked) {
  auto instance = change(domain, blocked, [&](KnownInstance& row) -> Expected<void> {
    row.blocked = blocked;
    return {};
  });
  door_.reload(domain);
  return instance;
}

Expected<KnownInstance> InstanceDirectory::block(std::string_view domain) {
  return set_blocked(domain, true);
}

Expected<KnownInstance> InstanceDirectory::unblock(std::string_view domain) {
  return set_blocked(domain, false);
}

Expected<KnownInstance> InstanceDirectory::accept_key(std::string_view domain,
                                                      const std::optional<std::string>& fingerprint) {
  return change(domain, false, [&](KnownInstance& instance) -> Expected<void> {
    const auto accepted = instance.offered_key ? instance.offered_key : instance.key;
    if (!accepted) {
      return core::fail(ErrorCode::wrong_state, "no key of " + instance.domain + " was seen yet: connect to it first");
    }
    if (!fingerprint && instance.offered_key) {
      return core::fail(ErrorCode::bad_request, instance.domain + " shows the key " + grouped(*accepted) +
                                                    ": compare it with the people there and send it as `fingerprint`");
    }
    if (fingerprint && Fingerprint::parse(*fingerprint) != Fingerprint::of(*accepted)) {
      return core::fail(ErrorCode::fingerprint_mismatch,
                        "the key " + instance.domain + " shows now has the fingerprint " + grouped(*accepted));
    }
    if (instance.offered_key) instance.key_number = 0;  // statements it comes with count anew
    instance.key = accepted;
    instance.pin = PinKind::admin;
    instance.offered_key.reset();
    instance.alert.reset();
    instance.alert_at.reset();
    return {};
  });
}

}  // namespace kith::federation
