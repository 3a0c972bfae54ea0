#pragma once
// Rows of handshakes and connections with the bytes, secrets and keys that belong to them
// (storage/migrations/0004_handshakes.sql says what each column is). No rules here, only reading and writing inside the
// caller's transaction. Secrets are sealed with the row's id, so one moved to another row does not open.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/id.hpp"
#include "federation/address.hpp"
#include "federation/handshake_state.hpp"
#include "federation/service/connections.hpp"
#include "federation/signing.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"

namespace kith::federation {

// The last step that is behind a handshake; see the migration.
enum class Phase : std::uint8_t { asked, crossed, answered, decided, exchanged, verified, completed, ended };
enum class Approval : std::uint8_t { none, approved, rejected };
enum class InviteUse : std::uint8_t { none, reserved, spent };
enum class PeerCheck : std::uint8_t { not_yet, nobody_there, same_key };

struct HandshakeRow {
  core::ConnectionId id;
  Role role;
  ConnectionState state;
  Phase phase;
  bool hidden = false;
  std::optional<core::ConnectionId> successor{};
  std::string reason{};
  InstanceKey initiator_key;
  HandshakeId handshake_id;
  std::optional<core::UserId> local_user{};
  Address local;
  std::optional<core::UserId> peer_user{};
  Address peer;
  std::optional<InstanceKey> peer_key{};
  std::string expected_key{};
  std::string purpose{};
  bool poll = false;
  std::optional<core::BoxPublicKey> temporary_key{};
  std::optional<WireInviteId> invite{};
  InviteUse invite_use = InviteUse::none;
  std::string source{};
  bool privileged = false;
  Approval approval = Approval::none;
  PeerCheck peer_checked = PeerCheck::not_yet;
  bool over_https = false;
  bool verified = false;
  std::string words{};
  std::optional<WireConnectionId> wire_id{};
  std::uint64_t own_epoch = 0;
  std::uint64_t peer_epoch = 0;
  core::Timestamp created_at{};
  core::Timestamp updated_at{};
  std::optional<core::Timestamp> established_at{};
  std::optional<core::Timestamp> deadline{};

  bool ended() const { return phase == Phase::ended; }
  bool unfinished() const { return phase != Phase::ended && phase != Phase::completed; }
  // Undecided, or decided but the other side has not answered that yet: what "pending" means for crossed handshakes.
  bool pending() const { return phase <= Phase::decided; }
  const Address& initiator() const { return role == Role::initiator ? local : peer; }
  const Address& responder() const { return role == Role::initiator ? peer : local; }
};

// The bytes of a step. `request` is nothing where the peer sent it.
struct StoredStep {
  core::Digest request_hash;
  std::optional<SignedMessage> request;
  std::optional<SignedMessage> answer;
};

class HandshakeStore {
 public:
  HandshakeStore(const storage::KeyVault& vault, const core::Clock& clock) : vault_(vault), clock_(clock) {}

  using Rows = std::vector<HandshakeRow>;
  [[nodiscard]] Expected<std::optional<HandshakeRow>> find(storage::Reader& reader, const core::ConnectionId& id) const;
  [[nodiscard]] Expected<std::optional<HandshakeRow>> find(storage::Reader& reader, const InstanceKey& initiator_key,
                                                           const HandshakeId& handshake_id) const;
  // Those with this id and role; more than one only if several instances chose the same id.
  [[nodiscard]] Expected<Rows> with_handshake_id(storage::Reader& reader, Role role, const HandshakeId& id) const;
  // Of one pair of people, everything that has not ended.
  [[nodiscard]] Expected<Rows> of_pair(storage::Reader& reader, const Address& local, const Address& peer) const;
  // Any rows; `where` stands behind WHERE.
  [[nodiscard]] Expected<Rows> select(storage::Reader& reader, std::string_view where, storage::Values values) const;

  [[nodiscard]] Expected<void> insert(storage::Transaction& transaction, HandshakeRow& row) const;
  // Writes all columns that may change, and updated_at.
  [[nodiscard]] Expected<void> save(storage::Transaction& transaction, HandshakeRow& row) const;

  [[nodiscard]] Expected<std::optional<StoredStep>> step(storage::Reader& reader, const core::ConnectionId& id,
                                                         std::string_view name) const;
  // Replaces what was there.
  [[nodiscard]] Expected<void> put_step(storage::Transaction& transaction, const core::ConnectionId& id,
                                        std::string_view name, const StoredStep& step) const;
  [[nodiscard]] Expected<void> drop_step(storage::Transaction& transaction, const core::ConnectionId& id,
                                         std::string_view name) const;
  [[nodiscard]] Expected<void> drop_steps(storage::Transaction& transaction, const core::ConnectionId& id) const;

  // `bytes` are wiped.
  [[nodiscard]] Expected<void> put_secret(storage::Transaction& transaction, const core::ConnectionId& id,
                                          std::string_view name, core::Bytes bytes) const;
  // Nothing where there is none. The caller wipes it.
  [[nodiscard]] Expected<std::optional<core::Bytes>> secret(storage::Reader& reader, const core::ConnectionId& id,
                                                            std::string_view name) const;
  [[nodiscard]] Expected<void> drop_secrets(storage::Transaction& transaction, const core::ConnectionId& id) const;

  template <class State>
  [[nodiscard]] Expected<void> put_state(storage::Transaction& transaction, const core::ConnectionId& id,
                                         const State& state) const {
    return put_secret(transaction, id, "state", state.to_bytes());
  }
  template <class State>
  [[nodiscard]] Expected<State> state(storage::Reader& reader, const core::ConnectionId& id) const {
    KITH_TRY_ASSIGN(bytes, secret(reader, id, "state"));
    if (!bytes) return core::fail(core::ErrorCode::internal, "the handshake's secrets are gone");
    auto parsed = State::from_bytes(*bytes);
    core::wipe(*bytes);
    return parsed;
  }

  [[nodiscard]] Expected<void> put_own_keys(storage::Transaction& transaction, const core::ConnectionId& id,
                                            std::uint64_t epoch, const PermanentKeys& keys) const;
  [[nodiscard]] Expected<void> put_peer_keys(storage::Transaction& transaction, const core::ConnectionId& id,
                                             std::uint64_t epoch, const PermanentPublicKeys& keys) const;
  // not_found when there is no such epoch.
  [[nodiscard]] Expected<OwnKeys> own_keys(storage::Reader& reader, const core::ConnectionId& id,
                                           std::uint64_t epoch) const;
  [[nodiscard]] Expected<PeerKeys> peer_keys(storage::Reader& reader, const core::ConnectionId& id,
                                             std::uint64_t epoch) const;
  [[nodiscard]] Expected<void> drop_keys(storage::Transaction& transaction, const core::ConnectionId& id) const;
  // `side` is "own" or "peer".
  [[nodiscard]] Expected<void> drop_keys_before(storage::Transaction& transaction, const core::ConnectionId& id,
                                                std::string_view side, std::uint64_t epoch) const;

  // One line of the timeline a step: counts the try and keeps its error; `done` clears the error.
  [[nodiscard]] Expected<void> note(storage::Transaction& transaction, const core::ConnectionId& id,
                                    std::string_view step, bool done, const core::Error* error = nullptr) const;

 private:
  const storage::KeyVault& vault_;
  const core::Clock& clock_;
};

}  // namespace kith::federation
