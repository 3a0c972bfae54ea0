#include "federation/service/handshake_store.hpp"

#include <array>
#include <utility>

#include "federation/service/bounded_text.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using core::fail;

constexpr std::string_view kColumns =
    "id, role, state, phase, hidden, successor, reason, initiator_key, handshake_id, local_user, local_address, "
    "peer_user, peer_address, peer_instance_key, expected_key, purpose, delivery, temporary_key, invite_id, "
    "invite_use, "
    "source, privileged, approval, peer_checked, over_https, verified, words, wire_id, own_epoch, peer_epoch, "
    "created_at, updated_at, established_at, deadline";

constexpr std::size_t kMaxDetailBytes = 400;

constexpr std::array<std::string_view, 8> kStates{"pending_out", "pending_in", "exchanging", "verifying",
                                                  "established", "rejected",   "revoked",    "failed"};
constexpr std::array<std::string_view, 8> kPhases{"asked",     "crossed",  "answered",  "decided",
                                                  "exchanged", "verified", "completed", "ended"};
constexpr std::array<std::string_view, 3> kApprovals{"", "approved", "rejected"};
constexpr std::array<std::string_view, 3> kInviteUses{"none", "reserved", "spent"};

template <class Enum, std::size_t N>
std::string_view name_of(const std::array<std::string_view, N>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}
// The tables' CHECKs let nothing else in.
template <class Enum, std::size_t N>
Enum value_of(const std::array<std::string_view, N>& names, const std::string& name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return static_cast<Enum>(N - 1);
}

template <class T>
std::optional<T> fixed(const storage::Row& row, int column) {
  return row.is_null(column) ? std::nullopt : T::from(row.blob(column));
}
template <class T>
std::optional<T> id_at(const storage::Row& row, int column) {
  return row.is_null(column) ? std::nullopt : T::parse(row.text(column));
}
template <class T>
std::optional<core::ByteView> view_of(const std::optional<T>& value) {
  return value ? std::optional<core::ByteView>(value->view()) : std::nullopt;
}
template <class T>
std::optional<std::string> text_of(const std::optional<T>& id) {
  return id ? std::optional<std::string>(id->text()) : std::nullopt;
}

Expected<HandshakeRow> read_row(const storage::Row& row) {
  const auto id = core::ConnectionId::parse(row.text(0));
  const auto local = Address::parse(row.text(10));
  const auto peer = Address::parse(row.text(12));
  const auto initiator_key = fixed<InstanceKey>(row, 7);
  const auto handshake_id = fixed<HandshakeId>(row, 8);
  if (!id || !local || !peer || !initiator_key || !handshake_id) {
    return fail(ErrorCode::internal, "a stored handshake can't be read");
  }
  HandshakeRow out{.id = *id,
                   .role = row.text(1) == "initiator" ? Role::initiator : Role::responder,
                   .state = value_of<ConnectionState>(kStates, row.text(2)),
                   .phase = value_of<Phase>(kPhases, row.text(3)),
                   .hidden = row.boolean(4),
                   .successor = id_at<core::ConnectionId>(row, 5),
                   .reason = row.text(6),
                   .initiator_key = *initiator_key,
                   .handshake_id = *handshake_id,
                   .local_user = id_at<core::UserId>(row, 9),
                   .local = *local,
                   .peer_user = id_at<core::UserId>(row, 11),
                   .peer = *peer,
                   .peer_key = fixed<InstanceKey>(row, 13),
                   .expected_key = row.text(14),
                   .purpose = row.text(15)};
  out.poll = row.text(16) == "poll";
  out.temporary_key = fixed<core::BoxPublicKey>(row, 17);
  out.invite = fixed<WireInviteId>(row, 18);
  out.invite_use = value_of<InviteUse>(kInviteUses, row.text(19));
  out.source = row.text(20);
  out.privileged = row.boolean(21);
  out.approval = value_of<Approval>(kApprovals, row.text(22));
  out.peer_checked = static_cast<PeerCheck>(row.integer(23));
  out.over_https = row.boolean(24);
  out.verified = row.boolean(25);
  out.words = row.text(26);
  out.wire_id = fixed<WireConnectionId>(row, 27);
  out.own_epoch = static_cast<std::uint64_t>(row.integer(28));
  out.peer_epoch = static_cast<std::uint64_t>(row.integer(29));
  out.created_at = row.time(30);
  out.updated_at = row.time(31);
  out.established_at = row.optional_time(32);
  out.deadline = row.optional_time(33);
  return out;
}

std::string secret_purpose(std::string_view name) {
  return "handshake " + std::string(name);
}
std::string keys_id(const core::ConnectionId& id, std::uint64_t epoch) {
  return id.text() + "/" + std::to_string(epoch);
}

Expected<std::optional<HandshakeRow>> only(Expected<HandshakeStore::Rows> rows) {
  if (!rows) return tl::make_unexpected(std::move(rows.error()));
  if (rows->empty()) return std::optional<HandshakeRow>();
  return std::optional<HandshakeRow>(std::move(rows->front()));
}

std::optional<SignedMessage> message_at(const storage::Row& row, int body, int signature) {
  const auto bytes = fixed<core::Signature>(row, signature);
  if (row.is_null(body) || !bytes) return std::nullopt;
  return SignedMessage{row.text(body), *bytes};
}

}  // namespace

std::string_view state_name(ConnectionState state) {
  return name_of(kStates, state);
}

Expected<HandshakeStore::Rows> HandshakeStore::select(storage::Reader& reader, std::string_view where,
                                                      storage::Values values) const {
  Rows rows;
  std::optional<core::Error> failed;
  const std::string sql = "SELECT " + std::string(kColumns) + " FROM connections WHERE " + std::string(where);
  KITH_TRY(reader.query(sql, values, [&](const storage::Row& row) {
    auto parsed = read_row(row);
    if (parsed)
      rows.push_back(std::move(*parsed));
    else
      failed = std::move(parsed.error());
    return !failed;
  }));
  if (failed) return tl::make_unexpected(std::move(*failed));
  return rows;
}

Expected<std::optional<HandshakeRow>> HandshakeStore::find(storage::Reader& reader,
                                                           const core::ConnectionId& id) const {
  const storage::Value values[] = {id.text()};
  return only(select(reader, "id = ?", values));
}

Expected<std::optional<HandshakeRow>> HandshakeStore::find(storage::Reader& reader, const InstanceKey& initiator_key,
                                                           const HandshakeId& handshake_id) const {
  const storage::Value values[] = {initiator_key.view(), handshake_id.view()};
  return only(select(reader, "initiator_key = ? AND handshake_id = ?", values));
}

Expected<HandshakeStore::Rows> HandshakeStore::with_handshake_id(storage::Reader& reader, Role role,
                                                                 const HandshakeId& id) const {
  const storage::Value values[] = {id.view(), role == Role::initiator ? "initiator" : "responder"};
  return select(reader, "handshake_id = ? AND role = ?", values);
}

Expected<HandshakeStore::Rows> HandshakeStore::of_pair(storage::Reader& reader, const Address& local,
                                                       const Address& peer) const {
  const auto local_text = local.text();
  const auto peer_text = peer.text();
  const storage::Value values[] = {local_text, peer_text};
  return select(reader, "local_address = ? AND peer_address = ? AND phase <> 'ended' ORDER BY id", values);
}

Expected<void> HandshakeStore::insert(storage::Transaction& transaction, HandshakeRow& row) const {
  row.created_at = clock_.now();
  const auto local = row.local.text();
  const auto peer = row.peer.text();
  KITH_TRY(transaction.execute(
      "INSERT INTO connections (id, role, state, phase, initiator_key, handshake_id, local_address, peer_address, "
      "purpose, delivery, source, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {row.id.text(), row.role == Role::initiator ? "initiator" : "responder",
       row.phase == Phase::ended ? "failed" : "pending_in", row.phase == Phase::ended ? "ended" : "asked",
       row.initiator_key.view(), row.handshake_id.view(), local, peer, row.purpose, row.poll ? "poll" : "push",
       row.source, row.created_at, row.created_at}));
  return save(transaction, row);
}

Expected<void> HandshakeStore::save(storage::Transaction& transaction, HandshakeRow& row) const {
  row.updated_at = clock_.now();
  const auto successor = text_of(row.successor);
  const auto local_user = text_of(row.local_user);
  const auto peer_user = text_of(row.peer_user);
  KITH_TRY(transaction.execute(
      "UPDATE connections SET state = ?, phase = ?, hidden = ?, successor = ?, reason = ?, handshake_id = ?, "
      "local_user = ?, peer_user = ?, peer_instance_key = ?, expected_key = ?, temporary_key = ?, invite_id = ?, "
      "invite_use = ?, privileged = ?, approval = ?, peer_checked = ?, over_https = ?, verified = ?, words = ?, "
      "wire_id = ?, own_epoch = ?, peer_epoch = ?, updated_at = ?, established_at = ?, deadline = ? WHERE id = ?",
      {name_of(kStates, row.state),
       name_of(kPhases, row.phase),
       row.hidden,
       successor,
       row.reason,
       row.handshake_id.view(),
       local_user,
       peer_user,
       view_of(row.peer_key),
       row.expected_key,
       view_of(row.temporary_key),
       view_of(row.invite),
       name_of(kInviteUses, row.invite_use),
       row.privileged,
       name_of(kApprovals, row.approval),
       static_cast<int>(row.peer_checked),
       row.over_https,
       row.verified,
       row.words,
       view_of(row.wire_id),
       row.own_epoch,
       row.peer_epoch,
       row.updated_at,
       row.established_at,
       row.deadline,
       row.id.text()}));
  return {};
}

Expected<std::optional<StoredStep>> HandshakeStore::step(storage::Reader& reader, const core::ConnectionId& id,
                                                         std::string_view name) const {
  std::optional<StoredStep> found;
  KITH_TRY(
      reader.query("SELECT request_hash, request, request_signature, answer, answer_signature FROM handshake_steps "
                   "WHERE connection_id = ? AND step = ?",
                   {id.text(), name}, [&](const storage::Row& row) {
                     found = StoredStep{fixed<core::Digest>(row, 0).value_or(core::Digest{}), message_at(row, 1, 2),
                                        message_at(row, 3, 4)};
                     return false;
                   }));
  return found;
}

Expected<void> HandshakeStore::put_step(storage::Transaction& transaction, const core::ConnectionId& id,
                                        std::string_view name, const StoredStep& step) const {
  const auto body = [](const std::optional<SignedMessage>& message) {
    return message ? std::optional<std::string_view>(message->body) : std::nullopt;
  };
  const auto signature = [](const std::optional<SignedMessage>& message) {
    return message ? std::optional<core::ByteView>(message->signature.view()) : std::nullopt;
  };
  KITH_TRY(transaction.execute(
      "INSERT OR REPLACE INTO handshake_steps (connection_id, step, request_hash, request, request_signature, answer, "
      "answer_signature) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {id.text(), name, step.request_hash.view(), body(step.request), signature(step.request), body(step.answer),
       signature(step.answer)}));
  return {};
}

Expected<void> HandshakeStore::drop_step(storage::Transaction& transaction, const core::ConnectionId& id,
                                         std::string_view name) const {
  KITH_TRY(transaction.execute("DELETE FROM handshake_steps WHERE connection_id = ? AND step = ?", {id.text(), name}));
  return {};
}

Expected<void> HandshakeStore::drop_steps(storage::Transaction& transaction, const core::ConnectionId& id) const {
  KITH_TRY(transaction.execute("DELETE FROM handshake_steps WHERE connection_id = ?", {id.text()}));
  return {};
}

Expected<void> HandshakeStore::put_secret(storage::Transaction& transaction, const core::ConnectionId& id,
                                          std::string_view name, core::Bytes bytes) const {
  const auto sealed = vault_.seal(secret_purpose(name), id.text(), bytes);
  core::wipe(bytes);
  KITH_TRY(
      transaction.execute("INSERT OR REPLACE INTO handshake_secrets (connection_id, name, sealed) VALUES (?, ?, ?)",
                          {id.text(), name, sealed}));
  return {};
}

Expected<std::optional<core::Bytes>> HandshakeStore::secret(storage::Reader& reader, const core::ConnectionId& id,
                                                            std::string_view name) const {
  std::optional<core::Bytes> sealed;
  KITH_TRY(reader.query("SELECT sealed FROM handshake_secrets WHERE connection_id = ? AND name = ?", {id.text(), name},
                        [&](const storage::Row& row) {
                          sealed = row.blob(0);
                          return false;
                        }));
  if (!sealed) return std::optional<core::Bytes>();
  KITH_TRY_ASSIGN(opened, vault_.open_sealed(secret_purpose(name), id.text(), *sealed));
  return std::optional<core::Bytes>(std::move(opened));
}

Expected<void> HandshakeStore::drop_secrets(storage::Transaction& transaction, const core::ConnectionId& id) const {
  KITH_TRY(transaction.execute("DELETE FROM handshake_secrets WHERE connection_id = ?", {id.text()}));
  return {};
}

Expected<void> HandshakeStore::put_own_keys(storage::Transaction& transaction, const core::ConnectionId& id,
                                            std::uint64_t epoch, const PermanentKeys& keys) const {
  core::Bytes secret(keys.sign.seed().view().begin(), keys.sign.seed().view().end());
  const auto box = keys.box.secret_key.view();
  secret.reserve(64);
  secret.insert(secret.end(), box.begin(), box.end());
  const auto sealed = vault_.seal("permanent keys", keys_id(id, epoch), secret);
  core::wipe(secret);
  KITH_TRY(
      transaction.execute("INSERT INTO connection_keys (connection_id, side, epoch, sign_key, box_key, sealed) "
                          "VALUES (?, 'own', ?, ?, ?, ?)",
                          {id.text(), epoch, keys.sign.public_key().view(), keys.box.public_key.view(), sealed}));
  return {};
}

Expected<void> HandshakeStore::put_peer_keys(storage::Transaction& transaction, const core::ConnectionId& id,
                                             std::uint64_t epoch, const PermanentPublicKeys& keys) const {
  KITH_TRY(transaction.execute(
      "INSERT INTO connection_keys (connection_id, side, epoch, sign_key, box_key) VALUES (?, 'peer', ?, ?, ?)",
      {id.text(), epoch, keys.sign_key.view(), keys.box_key.view()}));
  return {};
}

Expected<OwnKeys> HandshakeStore::own_keys(storage::Reader& reader, const core::ConnectionId& id,
                                           std::uint64_t epoch) const {
  std::optional<core::Bytes> sealed;
  KITH_TRY(reader.query("SELECT sealed FROM connection_keys WHERE connection_id = ? AND side = 'own' AND epoch = ?",
                        {id.text(), epoch}, [&](const storage::Row& row) {
                          sealed = row.blob(0);
                          return false;
                        }));
  if (!sealed) return fail(ErrorCode::not_found, "no own keys of this epoch");
  KITH_TRY_ASSIGN(secret, vault_.open_sealed("permanent keys", keys_id(id, epoch), *sealed));
  if (secret.size() != 64) return fail(ErrorCode::internal, "stored permanent keys can't be read");
  const std::span<const std::uint8_t> both(secret);
  OwnKeys keys{epoch, core::SigningKey(core::SigningSeed(both.first<32>())),
               core::BoxKeyPair::from_secret(core::BoxSecretKey(both.last<32>()))};
  core::wipe(secret);
  return keys;
}

Expected<PeerKeys> HandshakeStore::peer_keys(storage::Reader& reader, const core::ConnectionId& id,
                                             std::uint64_t epoch) const {
  std::optional<PeerKeys> keys;
  KITH_TRY(reader.query(
      "SELECT sign_key, box_key FROM connection_keys WHERE connection_id = ? AND side = 'peer' AND epoch = ?",
      {id.text(), epoch}, [&](const storage::Row& row) {
        const auto sign = fixed<core::VerifyKey>(row, 0);
        const auto box = fixed<core::BoxPublicKey>(row, 1);
        if (sign && box) keys = PeerKeys{epoch, *sign, *box};
        return false;
      }));
  if (!keys) return fail(ErrorCode::not_found, "no keys of the peer of this epoch");
  return *keys;
}

Expected<void> HandshakeStore::drop_keys(storage::Transaction& transaction, const core::ConnectionId& id) const {
  KITH_TRY(transaction.execute("DELETE FROM connection_keys WHERE connection_id = ?", {id.text()}));
  return {};
}

Expected<void> HandshakeStore::drop_keys_before(storage::Transaction& transaction, const core::ConnectionId& id,
                                                std::string_view side, std::uint64_t epoch) const {
  KITH_TRY(transaction.execute("DELETE FROM connection_keys WHERE connection_id = ? AND side = ? AND epoch < ?",
                               {id.text(), side, epoch}));
  return {};
}

Expected<void> HandshakeStore::note(storage::Transaction& transaction, const core::ConnectionId& id,
                                    std::string_view step, bool done, const core::Error* error) const {
  const auto now = clock_.now();
  const auto code = error ? core::error_info(error->code).name : std::string_view{};
  const auto detail = error ? bounded_text(error->detail, kMaxDetailBytes) : std::string();
  KITH_TRY(transaction.execute(
      "INSERT INTO connection_timeline (connection_id, step, at, done, attempts, error_code, error_detail, first_at) "
      "VALUES (?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT (connection_id, step) DO UPDATE SET at = excluded.at, "
      "done = excluded.done, attempts = attempts + 1, error_code = excluded.error_code, "
      "error_detail = excluded.error_detail",
      {id.text(), step, now, done, code, detail, now}));
  return {};
}

}  // namespace kith::federation
