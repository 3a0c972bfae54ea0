#pragma once
// The instances this one knows, and how sure it is of their keys: discovery and pins (federation/PROTOCOL.md,
// "Discovery and pins"), and what admins do about them.
//
// A key is pinned by discovery over HTTPS with a certificate of the web's own authorities, or by accept_key(); any
// other is provisional and replaced by the next one seen. A pinned domain that shows another key is refused with
// key_mismatch and an alert (a domain at most one an hour), the pin stays; only a chain of valid key statements from
// the pinned key moves it. Two successors of one key are a fork: the first stands, the attempt is refused whichever of
// them it shows, an alert is raised.
//
// Thread-safe; everything but discover() only touches the database. Owns nothing it is handed.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "federation/key_statement.hpp"
#include "federation/net/instance_identity.hpp"
#include "federation/net/instance_store.hpp"
#include "federation/net/peer_door.hpp"
#include "federation/peers.hpp"
#include "storage/database.hpp"

namespace kith::federation {

// What an instance says of itself, after it was judged.
struct DiscoveredInstance {
  KnownInstance instance;  // the row as it stands now; instance.key is the discovered key
  bool over_https = false;
  bool web_authority = false;
};

class InstanceDirectory {
 public:
  // `raise_alert` is told (domain, text) besides the log and the row; may be empty. Called outside of locks.
  InstanceDirectory(PeerDoor& door, storage::Database& database, const InstanceIdentity& own, const core::Clock& clock,
                    core::Logger logger, std::function<void(std::string_view, std::string_view)> raise_alert = {});

  // Fetches GET /.well-known/kith of `domain`, checks it, and applies the pin rules. Fails as PeerDoor::call, and with
  //   peer_error    not an answer of kith/1, or of another domain than the one asked
  //   key_mismatch  pinned to another key, no chain of statements leads there (alert raised, pin unchanged)
  //   conflict      our own domain or our own key
  [[nodiscard]] Expected<DiscoveredInstance> discover(std::string_view domain, Urgency urgency = Urgency::user);

  // A key that `domain` used in a signed message (init, its answer, exchange). Applies the same rules without a
  // certificate: equal to the pin or led to by `statements`: fine; nothing pinned: kept as provisional; else
  // key_mismatch, and the key on offer only if there was none. conflict for our own domain or key; peer_blocked when
  // blocked. The row as it stands then.
  [[nodiscard]] Expected<KnownInstance> present_key(std::string_view domain, const core::VerifyKey& key,
                                                    std::span<const KeyStatement> statements);

  [[nodiscard]] Expected<std::optional<KnownInstance>> find(std::string_view domain);
  // peer_blocked when an admin blocked the domain; fine for one never heard of.
  [[nodiscard]] Expected<void> require_not_blocked(std::string_view domain);
  // Keeps the row from being swept while connections or handshakes with the domain exist.
  [[nodiscard]] Expected<void> set_in_use(std::string_view domain, bool in_use);

  // For admins. In the order of domains, those after `after`.
  [[nodiscard]] Expected<std::vector<KnownInstance>> list(std::string_view after, int limit);
  // Blocking makes the row if there is none. conflict for our own domain, bad_request for none.
  [[nodiscard]] Expected<KnownInstance> block(std::string_view domain);
  [[nodiscard]] Expected<KnownInstance> unblock(std::string_view domain);
  // Pins the key on offer (or the provisional one) and clears the alert. With `fingerprint`, only if it is that key's
  // (fingerprint_mismatch); without one a key on offer is not taken (bad_request naming it), for anybody may have
  // offered it. not_found for an unknown domain; wrong_state when no key was seen yet.
  [[nodiscard]] Expected<KnownInstance> accept_key(std::string_view domain,
                                                   const std::optional<std::string>& fingerprint);

 private:
  struct Presented;
  struct Verdict;
  Expected<KnownInstance> judge(std::string_view domain, const Presented& presented);
  Expected<Verdict> apply(storage::Transaction& transaction, std::string_view domain, const Presented& presented);
  Expected<void> require_foreign(std::string_view domain, const core::VerifyKey* key) const;
  Verdict judge_pinned(KnownInstance instance, const PinnedKey& pinned, const std::vector<KeyStatement>& chain,
                       const Presented& presented) const;
  bool may_alert_again(const KnownInstance& instance) const;
  // Edits the row in one transaction; `make`: one never heard of gets a row, else not_found.
  Expected<KnownInstance> change(std::string_view domain, bool make,
                                 const std::function<Expected<void>(KnownInstance&)>& edit);
  Expected<void> alert_broken_chain(std::string_view domain);
  void tell(const KnownInstance& instance) const;
  Expected<KnownInstance> set_blocked(std::string_view domain, bool blocked);

  PeerDoor& door_;
  storage::Database& database_;
  const InstanceIdentity& own_;
  const core::Clock& clock_;
  const core::Logger logger_;
  const std::function<void(std::string_view, std::string_view)> raise_alert_;
};

}  // namespace kith::federation
