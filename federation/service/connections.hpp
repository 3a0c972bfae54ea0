#pragma once
// Connections as sessions and people see them: who is trusted with what keys at this very moment, and how each came to
// be (PROTOCOL.md, "Keys", "Handshake"). Every answer is read from the database anew, so an ended connection is gone
// for the next request. Private keys rest sealed in the vault. Thread-safe, blocking (database).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/clock.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/crypto/x25519.hpp"
#include "core/error.hpp"
#include "core/id.hpp"
#include "core/time.hpp"
#include "federation/address.hpp"
#include "federation/identifiers.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"

namespace kith::federation {

using core::Expected;

enum class ConnectionState : std::uint8_t {
  pending_out,  // asked, not answered by a person yet
  pending_in,   // asked by somebody elsewhere; a person here decides
  exchanging,   // approved here, on its way to the asker
  verifying,    // both know the words; the last two steps run
  established,
  rejected,
  revoked,
  failed,
};
std::string_view state_name(ConnectionState state);

// What sessions need to know of an established connection.
struct ConnectionRecord {
  core::ConnectionId id;
  WireConnectionId wire_id;
  bool active = false;      // established; false: refuse requests with 403 connection_ended
  bool ending = false;      // revoked here, and the peer not yet told: only …/revoke may still be sent
  bool verified = false;    // its people compared the words, or a valid invite was used
  bool peer_polls = false;  // the peer can't be reached: only it opens sessions
  core::UserId local_user;
  core::UserId peer_user;  // the row with is_local = false
  Address local_address;   // "from" of what we send, "to" of what the peer sends
  Address peer_address;
  core::VerifyKey peer_instance_key;
  std::uint64_t own_epoch = 0;   // of the keys to sign with
  std::uint64_t peer_epoch = 0;  // of the keys to seal to: the peer's newest
  core::Timestamp established_at;
};

struct OwnKeys {
  std::uint64_t epoch = 0;
  core::SigningKey sign;
  core::BoxKeyPair box;
};
struct PeerKeys {
  std::uint64_t epoch = 0;
  core::VerifyKey sign;
  core::BoxPublicKey box;
};

// One line of a connection's story: the latest of each step.
struct TimelineEntry {
  std::string step;       // "init", "approval", "exchange", …
  core::Timestamp since;  // first tried, or done
  core::Timestamp at;     // done, or tried last
  bool done = false;
  int attempts = 0;
  std::optional<core::Timestamp> next_try_at;  // nothing: it is done, runs now, or waits for a person
  std::string error_code;                      // wire name of the last error; empty when there was none
  std::string last_error;                      // code and sentence; empty when there was none
  std::string help;                            // what the person can do about it; empty when nothing is needed
};

// What is known here about the instance at the other end.
struct PeerInstance {
  std::string domain;
  std::string name;  // its own; empty until it told
  std::optional<core::Timestamp> last_seen;
  std::optional<core::Timestamp> down_since;  // nothing: it answered last
};

// What the page shows. For the user it is for, and admins.
struct ConnectionView {
  core::ConnectionId id;
  ConnectionState state = ConnectionState::failed;
  bool outgoing = false;  // asked from here
  core::UserId local_user;
  std::string local_address;
  std::string peer_address;
  std::string purpose;
  bool verified = false;
  std::optional<core::Timestamp> verified_at;  // when the person here said that the words match
  std::vector<std::string> words;              // six once known, else none
  std::string fingerprint;                     // of the peer's instance key, in groups; empty until known
  std::string reason;                          // why it ended: a stable snake_case name; empty while it goes on
  std::string peer_delivery;                   // "push" or "poll" (incoming only)
  PeerInstance peer_instance;
  core::Timestamp created_at;
  core::Timestamp updated_at;
  std::optional<core::Timestamp> expires_at;  // of one not yet established
  std::optional<core::Timestamp> established_at;
  std::vector<TimelineEntry> timeline;
};
struct ConnectionPage {
  std::vector<ConnectionView> items;  // newest first
  std::optional<std::string> next;
};

class Connections {
 public:
  Connections(storage::Database& database, const storage::KeyVault& vault, const core::Clock& clock);

  // For sessions. Nothing where there is none; ended ones are found too, with active = false, until they are forgotten.
  [[nodiscard]] Expected<std::optional<ConnectionRecord>> find(const core::ConnectionId& id);
  [[nodiscard]] Expected<std::optional<ConnectionRecord>> find_by_wire_id(const WireConnectionId& id);
  // The active one of a local user with somebody elsewhere.
  [[nodiscard]] Expected<std::optional<ConnectionRecord>> find_active(const core::UserId& local_user,
                                                                      const Address& peer);
  // All active ones, for telling peers of shares. At most `limit`, after `after` in the order of ids.
  [[nodiscard]] Expected<std::vector<ConnectionRecord>> active_of(const core::UserId& local_user);

  // Keys of an epoch; not_found when it is not (or no longer) valid. During a rotation two epochs of a side are.
  [[nodiscard]] Expected<OwnKeys> own_keys(const core::ConnectionId& id, std::uint64_t epoch);
  [[nodiscard]] Expected<PeerKeys> peer_keys(const core::ConnectionId& id, std::uint64_t epoch);
  // An auth (either way) was proven to use these: older pairs of that side end now. Cheap when nothing changes.
  [[nodiscard]] Expected<void> own_epoch_used(const core::ConnectionId& id, std::uint64_t epoch);
  [[nodiscard]] Expected<void> peer_epoch_used(const core::ConnectionId& id, std::uint64_t epoch);

  // For people. `user` empty: an admin, who sees all. not_found for what is somebody else's.
  [[nodiscard]] Expected<ConnectionView> view(const std::optional<core::UserId>& user, const core::ConnectionId& id);
  [[nodiscard]] Expected<ConnectionPage> list(const std::optional<core::UserId>& user,
                                              const std::optional<std::string>& cursor, std::size_t limit);

 private:
  storage::Database& database_;
  const storage::KeyVault& vault_;
  const core::Clock& clock_;
};

}  // namespace kith::federation
