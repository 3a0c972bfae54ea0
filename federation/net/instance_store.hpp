#pragma once
// The rows of table `instances` (storage/migrations/0005_instances.sql): what this instance knows of others, by domain.
// Plain functions inside a transaction of the caller; PeerDoor and InstanceDirectory are the only users.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/crypto/ed25519.hpp"
#include "core/time.hpp"
#include "federation/peers.hpp"
#include "storage/database.hpp"

namespace kith::federation {

// How sure the key of a domain is (federation/PROTOCOL.md, "Discovery and pins").
enum class PinKind : std::uint8_t {
  none,           // no key seen yet
  provisional,    // seen, and replaced by whatever is seen next
  web_authority,  // pinned: discovered over HTTPS with a certificate of the web's own authorities
  admin,          // pinned: an admin accepted it
};
std::string_view pin_kind_name(PinKind kind);
inline bool is_pinned(PinKind kind) {
  return kind == PinKind::web_authority || kind == PinKind::admin;
}

enum class PeerScheme : std::uint8_t { unknown, https, http };

struct KnownInstance {
  std::string domain;
  PinKind pin = PinKind::none;
  std::optional<core::VerifyKey> key;
  std::uint64_t key_number = 0;  // statements that led to `key`
  // Another key than the pinned one, refused when seen: what accept-key would pin. The one discovery showed last; until
  // discovery shows one, the first that a message came with.
  std::optional<core::VerifyKey> offered_key;
  std::string name;                         // the peer's words, bounded
  std::string software;                     // the same
  PeerScheme scheme = PeerScheme::unknown;  // what answered last
  bool https_only = false;
  bool blocked = false;
  bool in_use = false;               // a connection or handshake needs the row: never swept
  std::optional<std::string> alert;  // why an admin should look
  std::optional<core::Timestamp> alert_at;
  core::Timestamp first_seen{};
  std::optional<core::Timestamp> last_seen;   // answered us
  std::optional<core::Timestamp> down_since;  // nothing while reachable
  std::optional<std::string> last_error;
};

namespace instance_store {

[[nodiscard]] Expected<std::optional<KnownInstance>> find(storage::Reader& reader, std::string_view domain);
// Domains after `after`, in order.
[[nodiscard]] Expected<std::vector<KnownInstance>> list(storage::Reader& reader, std::string_view after, int limit);
// Inserts or replaces the row. A new row sweeps the oldest strangers beyond net_limits::kStrangers.
[[nodiscard]] Expected<void> save(storage::Transaction& transaction, const KnownInstance& instance);
// The row, or a fresh one (not yet saved) first seen `now`.
[[nodiscard]] Expected<KnownInstance> find_or_new(storage::Transaction& transaction, std::string_view domain,
                                                  core::Timestamp now);

}  // namespace instance_store
}  // namespace kith::federation
