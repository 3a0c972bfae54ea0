#include "federation/session/session_acceptor.hpp"

#include <algorithm>

#include "federation/protocol_constants.hpp"
#include "federation/session/session_limits.hpp"
#include "federation/session/session_problem.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using SteadyTime = std::chrono::steady_clock::time_point;

core::Unexpected rejected() {
  return core::fail(ErrorCode::handshake_rejected, "the session was not opened with this connection's keys");
}

// What the keys table says of an epoch it does not have is, to the peer, a key that does not fit.
template <class T>
Expected<T> keys_or_rejected(Expected<T> keys) {
  if (!keys && keys.error().code == ErrorCode::not_found) return rejected();
  return keys;
}

PrivateResponse signed_response(int status, std::string_view media_type, SignedMessage message) {
  PrivateResponse response;
  response.status = status;
  response.headers = {{"content-type", std::string(media_type)},
                      {"cache-control", "no-store"},
                      {std::string(kSignatureHeader), signature_header(message.signature)}};
  response.body = std::move(message.body);
  return response;
}

bool is_over(AcceptedSession& session, SteadyTime now) {
  std::lock_guard lock(session.mutex);
  return now >= session.expires || (session.retires && now >= *session.retires);
}

}  // namespace

struct SessionAcceptor::Admission {
  AuthRequest request;
  ConnectionRecord connection;
  OwnKeys own;  // of request.peer_epoch
};

// What both sides know once the message has held.
struct SessionAcceptor::Secrets {
  SessionKey session_key;
  core::BoxPublicKey ephemeral_key;  // this side's
  core::SharedSecret shared;
};

SessionAcceptor::SessionAcceptor(Parts parts) : parts_(std::move(parts)) {}
SessionAcceptor::~SessionAcceptor() = default;

PrivateResponse SessionAcceptor::authenticate(const PrivateRequest& request) {
  const auto header = find_header(request.headers, kSignatureHeader);
  const auto signature = header ? parse_signature_header(*header) : std::nullopt;
  auto answer = [&]() -> Expected<SignedMessage> {
    KITH_TRY_ASSIGN(admission, check(request.body, signature));
    KITH_TRY_ASSIGN(secrets, agree(admission));
    KITH_TRY(remember(admission.connection.id, request.body, admission.request.timestamp));
    return open(admission, secrets, request.body);
  }();
  if (answer) return signed_response(200, kJsonMediaType, std::move(*answer));
  const core::Error& error = answer.error();
  parts_.log.info("a session was not opened", {{"code", core::error_info(error.code).name}, {"detail", error.detail}});
  if (error.code == ErrorCode::handshake_rejected) {
    report_forgery(request.client, "Somebody asked for a session (POST /api/auth) without the keys of the connection.");
  }
  if (auto refusal = signed_refusal(request.body, error)) {
    return signed_response(core::error_info(error.code).http_status, kProblemMediaType, std::move(*refusal));
  }
  return problem_response(error, request.request_id);
}

// Everything that can be said before anything is written. The signature comes before the clock, so that strangers
// learn nothing.
Expected<SessionAcceptor::Admission> SessionAcceptor::check(std::string_view body,
                                                            const std::optional<core::Signature>& signature) {
  KITH_TRY_ASSIGN(request, parse_auth_request(body));
  KITH_TRY_ASSIGN(found, parts_.connections.find_by_wire_id(request.connection_id));
  if (!found) return core::fail(ErrorCode::not_found, "no such connection");
  const ConnectionRecord connection = std::move(*found);
  if (!connection.active) return core::fail(ErrorCode::connection_ended, "the connection has ended");
  if (request.from != connection.peer_address.text() || request.to != connection.local_address.text()) {
    return rejected();
  }
  KITH_TRY_ASSIGN(peer, keys_or_rejected(parts_.connections.peer_keys(connection.id, request.epoch)));
  if (!signature || !verify_request(peer.sign, Step::auth, {std::string(body), *signature})) return rejected();
  if (std::chrono::abs(parts_.clock.now() - request.timestamp) > kTimestampTolerance) {
    return core::fail(ErrorCode::timestamp_out_of_range, "the clocks differ by more than 5 minutes; here it is " +
                                                             core::format_timestamp(parts_.clock.now()));
  }
  if (parts_.require_not_blocked) KITH_TRY(parts_.require_not_blocked(connection.peer_address.domain().text()));
  if (parts_.require_verified && !connection.verified) {
    return core::fail(ErrorCode::not_verified, "compare the verification words first");
  }
  KITH_TRY_ASSIGN(own, keys_or_rejected(parts_.connections.own_keys(connection.id, request.peer_epoch)));
  return Admission{std::move(request), connection, std::move(own)};
}

Expected<void> SessionAcceptor::remember(const core::ConnectionId& connection, std::string_view body,
                                         core::Timestamp timestamp) {
  const core::Digest hash = request_hash(body);
  const core::Timestamp now = parts_.clock.now();
  const auto work = [&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM session_auths WHERE forget_at < ?", {now}));
    std::int64_t kept = 0;
    KITH_TRY(transaction.query("SELECT count(*) FROM session_auths WHERE connection_id = ?", {connection.text()},
                               [&](const storage::Row& row) {
                                 kept = row.integer(0);
                                 return true;
                               }));
    if (static_cast<std::size_t>(kept) >= kMaxAuthsPerConnection) {
      core::Error error{ErrorCode::too_many_requests, "too many sessions were opened", std::chrono::minutes(5), {}};
      return tl::make_unexpected(std::move(error));
    }
    KITH_TRY_ASSIGN(added, transaction.execute("INSERT INTO session_auths (request_hash, connection_id, forget_at) "
                                               "VALUES (?, ?, ?) ON CONFLICT (request_hash) DO NOTHING",
                                               {hash.view(), connection.text(), timestamp + kTimestampTolerance}));
    if (added == 0) return core::fail(ErrorCode::replayed, "these bytes were taken before; sign a fresh request");
    return {};
  };
  return parts_.database.write(work);
}

// The last of the checks that change nothing.
Expected<SessionAcceptor::Secrets> SessionAcceptor::agree(const Admission& admission) {
  const AuthRequest& request = admission.request;
  auto opened = core::open_sealed(admission.own.box, request.session_key.view());
  if (!opened) return rejected();
  auto session_key = SessionKey::from(*opened);
  core::wipe(*opened);
  if (!session_key) return rejected();
  const auto ephemeral = core::BoxKeyPair::generate(parts_.random);
  KITH_TRY_ASSIGN(shared, core::x25519(ephemeral.secret_key, request.ephemeral_key));
  return Secrets{std::move(*session_key), ephemeral.public_key, std::move(shared)};
}

Expected<SignedMessage> SessionAcceptor::open(const Admission& admission, const Secrets& secrets,
                                              std::string_view body) {
  const AuthRequest& request = admission.request;
  AuthAnswer answer;
  answer.session_id = make_session_id(parts_.random, parts_.mark_key);
  answer.ephemeral_key = secrets.ephemeral_key;
  answer.expires_at = parts_.clock.now() + kSessionLife;
  answer.cipher = choose_cipher(request.aes, parts_.aes);
  if (parts_.own_spki) answer.tls_spki = parts_.own_spki();
  auto message = sign_response(admission.own.sign, Step::auth, body, render_auth_answer(answer));

  auto session = std::make_shared<AcceptedSession>();
  session->id = answer.session_id;
  session->connection = admission.connection.id;
  session->keys = derive_session_keys(body, message.body, secrets.session_key, secrets.shared);
  session->cipher = answer.cipher;
  session->tls_spki = answer.tls_spki;
  session->expires = parts_.clock.steady() + kSessionLife;
  session->requests.emplace(answer.cipher, session->keys.o2a);
  // Both pairs were used: whatever a rotation replaced by them ends now.
  KITH_TRY(parts_.connections.peer_epoch_used(admission.connection.id, request.epoch));
  KITH_TRY(parts_.connections.own_epoch_used(admission.connection.id, request.peer_epoch));
  keep(std::move(session));
  return message;
}

void SessionAcceptor::keep(std::shared_ptr<AcceptedSession> session) {
  std::lock_guard lock(mutex_);
  make_room(session->connection);
  auto& cut = cuts_[session->connection];
  if (!cut) cut = std::make_shared<std::atomic<bool>>(false);
  session->cut = cut;
  session->number = ++opened_;
  sessions_.insert_or_assign(session->id, std::move(session));
}

// Called with mutex_ held: drops what is over, then the oldest while there are too many.
void SessionAcceptor::make_room(const core::ConnectionId& connection) {
  const auto now = parts_.clock.steady();
  std::erase_if(sessions_, [now](const auto& entry) { return is_over(*entry.second, now); });
  const auto drop_oldest = [this](const core::ConnectionId* only) {
    auto oldest = sessions_.end();
    for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
      if (only && it->second->connection != *only) continue;
      if (oldest == sessions_.end() || it->second->number < oldest->second->number) oldest = it;
    }
    if (oldest != sessions_.end()) sessions_.erase(oldest);
  };
  const auto own =
      std::ranges::count_if(sessions_, [&](const auto& entry) { return entry.second->connection == connection; });
  if (static_cast<std::size_t>(own) >= kMaxSessionsPerConnection) drop_oldest(&connection);
  if (sessions_.size() >= kMaxSessions) drop_oldest(nullptr);
  // A mark that no session and no running answer looks at any more.
  std::erase_if(cuts_, [](const auto& entry) { return entry.second.use_count() == 1; });
}

// The peer may act on a refusal only if it is signed; only the end of a connection is worth that, and only while this
// side still has the pair the request was made for.
std::optional<SignedMessage> SessionAcceptor::signed_refusal(std::string_view body, const core::Error& error) {
  if (error.code != ErrorCode::connection_ended) return std::nullopt;
  const auto request = parse_auth_request(body);
  if (!request) return std::nullopt;
  const auto connection = parts_.connections.find_by_wire_id(request->connection_id);
  if (!connection || !*connection) return std::nullopt;
  const auto own = parts_.connections.own_keys((*connection)->id, request->peer_epoch);
  if (!own) return std::nullopt;
  return sign_refusal(own->sign, Step::auth, body, error);
}

Expected<std::shared_ptr<AcceptedSession>> SessionAcceptor::find(const SessionId& id) {
  std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return core::fail(ErrorCode::session_unknown, "open a session with POST /api/auth");
  if (!is_over(*found->second, parts_.clock.steady())) return found->second;
  sessions_.erase(found);
  return core::fail(ErrorCode::session_expired, "open a new session with POST /api/auth");
}

Expected<void> SessionAcceptor::mark(AcceptedSession& session, std::uint64_t counter) {
  {
    std::lock_guard lock(session.mutex);
    if (!session.window.mark(counter)) {
      return core::fail(ErrorCode::counter_seen, "this counter was used before; ask again under a new one");
    }
    if (session.used) return {};
    session.used = true;
  }
  const auto retires = parts_.clock.steady() + kOldSessionGrace;
  std::lock_guard lock(mutex_);
  for (auto& [id, other] : sessions_) {
    if (other->connection != session.connection || other->number >= session.number) continue;
    std::lock_guard other_lock(other->mutex);
    if (!other->retires) other->retires = retires;
  }
  return {};
}

Expected<ConnectionRecord> SessionAcceptor::require_connection(const AcceptedSession& session) {
  KITH_TRY_ASSIGN(found, parts_.connections.find(session.connection));
  if (!found || !found->active || session.cut->load()) {
    return core::fail(ErrorCode::connection_ended, "the connection has ended");
  }
  if (parts_.require_not_blocked) KITH_TRY(parts_.require_not_blocked(found->peer_address.domain().text()));
  if (parts_.require_verified && !found->verified) {
    return core::fail(ErrorCode::not_verified, "compare the verification words first");
  }
  return std::move(*found);
}

void SessionAcceptor::report_forgery(std::string_view client, std::string_view what) const {
  if (parts_.alerts != nullptr) parts_.alerts->raise(core::alert_kinds::kInvalidInternalToken, client, what);
}

void SessionAcceptor::connection_ended(const core::ConnectionId& id) {
  std::lock_guard lock(mutex_);
  if (const auto cut = cuts_.find(id); cut != cuts_.end()) cut->second->store(true);
}

std::size_t SessionAcceptor::open_sessions() {
  std::lock_guard lock(mutex_);
  return sessions_.size();
}

}  // namespace kith::federation
