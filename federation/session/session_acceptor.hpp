#pragma once
// The answering side of sessions: POST /api/auth, and the sessions peers opened here (PROTOCOL.md, "Sessions").
//
// Session keys are in memory only, so a restart ends all sessions; hashes of auth requests are on disk (table
// session_auths), so a restart forgets no replay. Bounded: kMaxSessions in all, kMaxSessionsPerConnection each.
// Thread-safe, blocking (database). References given must outlive it.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "core/alerts.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "federation/session/auth_message.hpp"
#include "federation/session/private_message.hpp"
#include "federation/session/replay_window.hpp"
#include "federation/session/session_connections.hpp"
#include "federation/session/session_ids.hpp"
#include "federation/session/session_keys.hpp"
#include "federation/signing.hpp"
#include "storage/database.hpp"

namespace kith::federation {

// One session a peer opened. What requests need of it is immutable but for what `mutex` guards.
struct AcceptedSession {
  SessionId id;
  core::ConnectionId connection;
  SessionKeys keys;
  core::AeadCipher cipher = core::AeadCipher::chacha20poly1305;
  std::optional<core::Digest> tls_spki;  // announced in the answer: direct requests may come
  std::chrono::steady_clock::time_point expires;
  // Set by connection_ended(): running answers look at it before each piece. Shared by a connection's sessions.
  std::shared_ptr<const std::atomic<bool>> cut;

  std::mutex mutex;  // guards the rest
  ReplayWindow window;
  std::optional<core::Aead> requests;  // under keys.o2a
  bool used = false;
  std::optional<std::chrono::steady_clock::time_point> retires;  // its successor was used
  std::uint64_t number = 0;                                      // order of opening
};

class SessionAcceptor {
 public:
  struct Parts {
    storage::Database& database;
    SessionConnections& connections;
    const core::Clock& clock;
    core::Random& random;
    core::Logger log;
    bool require_verified = false;        // federation.require_verified
    bool aes = core::has_hardware_aes();  // what this side says of itself
    // SHA-256 of the SubjectPublicKeyInfo the public listener serves at this moment; nothing without TLS. May be empty.
    std::function<std::optional<core::Digest>()> own_spki;
    // peer_blocked for a domain an admin blocked (InstanceDirectory::require_not_blocked). May be empty.
    std::function<Expected<void>(std::string_view domain)> require_not_blocked = {};
    SessionMarkKey mark_key = {};    // of session_mark_key()
    core::Alerts* alerts = nullptr;  // hears of forged requests; may be null
  };
  explicit SessionAcceptor(Parts parts);
  ~SessionAcceptor();

  // POST /api/auth: request.body and its Kith-Signature header. Errors are answers too.
  [[nodiscard]] PrivateResponse authenticate(const PrivateRequest& request);

  // session_unknown, session_expired.
  [[nodiscard]] Expected<std::shared_ptr<AcceptedSession>> find(const SessionId& id);
  // Marks an authenticated counter; counter_seen. The first one of a session retires its predecessors in 60 s.
  [[nodiscard]] Expected<void> mark(AcceptedSession& session, std::uint64_t counter);
  // The connection as it stands now; connection_ended, peer_blocked, or not_verified where that is required.
  [[nodiscard]] Expected<ConnectionRecord> require_connection(const AcceptedSession& session);

  // Whether this instance ever made that id, also before a restart.
  bool made_here(const SessionId& id) const { return is_session_id_of(parts_.mark_key, id); }
  // Raises an alert: `client` sent what nobody could send by mistake. `what` is a sentence.
  void report_forgery(std::string_view client, std::string_view what) const;

  // The connection was revoked or replaced: running answers are cut before their last frame, requests get
  // connection_ended. Call it as soon as it is known; requests find out by themselves too.
  void connection_ended(const core::ConnectionId& id);
  std::size_t open_sessions();

 private:
  struct Admission;
  struct Secrets;
  Expected<Admission> check(std::string_view body, const std::optional<core::Signature>& signature);
  Expected<void> remember(const core::ConnectionId& connection, std::string_view body, core::Timestamp timestamp);
  Expected<Secrets> agree(const Admission& admission);
  Expected<SignedMessage> open(const Admission& admission, const Secrets& secrets, std::string_view body);
  void keep(std::shared_ptr<AcceptedSession> session);
  void make_room(const core::ConnectionId& connection);
  std::optional<SignedMessage> signed_refusal(std::string_view body, const core::Error& error);

  const Parts parts_;
  std::mutex mutex_;  // guards the rest
  std::map<SessionId, std::shared_ptr<AcceptedSession>> sessions_;
  std::map<core::ConnectionId, std::shared_ptr<std::atomic<bool>>> cuts_;
  std::uint64_t opened_ = 0;
};

}  // namespace kith::federation
