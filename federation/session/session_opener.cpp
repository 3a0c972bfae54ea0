#include "federation/session/session_opener.hpp"

#include <algorithm>
#include <atomic>

#include "core/encoding.hpp"
#include "federation/protocol_constants.hpp"
#include "federation/session/answer_receiver.hpp"
#include "federation/session/auth_message.hpp"
#include "federation/session/direct_mac.hpp"
#include "federation/session/session_keys.hpp"
#include "federation/session/session_limits.hpp"
#include "federation/signing.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::milliseconds kSmallTimeout{20'000};
constexpr std::string_view kRevokeTarget = "/api/private/v1/revoke";
constexpr int kTries = 2;

// Collects a small answer.
class WholeAnswer final : public AnswerSink {
 public:
  bool head(const AnswerHead& head) override {
    answer.head = head;
    return true;
  }
  std::span<std::uint8_t> borrow() override {
    buffer_.resize(kMaxFrame);
    return buffer_;
  }
  bool deliver(std::size_t size) override {
    if (answer.body.size() + size > kMaxSmallAnswer) return false;
    answer.body += core::as_text(core::ByteView(buffer_).first(size));
    return true;
  }
  InnerAnswer answer;

 private:
  core::Bytes buffer_;
};

// The session is of no use any more; a fresh one may be.
bool asks_for_new_session(const core::Error& error) {
  return error.code == ErrorCode::session_unknown || error.code == ErrorCode::session_expired;
}

}  // namespace

struct SessionOpener::Session {
  SessionId id;
  SessionKeys keys;
  core::AeadCipher cipher = core::AeadCipher::chacha20poly1305;
  std::string domain;                       // the peer's
  std::optional<core::Digest> direct_spki;  // direct requests go to this certificate only
  std::atomic<bool> direct = false;         // with direct_spki, until the peer refuses them
  SteadyTime opened;
  SteadyTime expires;
  std::atomic<std::uint64_t> next_counter = 0;
  std::atomic<std::uint64_t> bytes = 0;
  std::mutex mutex;  // guards the cipher below
  std::optional<core::Aead> requests;

  bool is_fresh(SteadyTime now) const {
    return now - opened < kSessionRenewAge && now < expires && bytes < kSessionRenewBytes;
  }
};

// What is known of one connection's sessions. The lock is held while a session is opened: others wait for it.
struct SessionOpener::Line {
  std::mutex mutex;  // guards current
  SessionPointer current;
};

// An auth request on its way, and the secrets its answer needs.
struct SessionOpener::AuthDraft {
  SessionKey session_key;
  core::BoxKeyPair ephemeral;
  core::Timestamp timestamp;
  SteadyTime asked;
  SignedMessage message;
};

struct SessionOpener::Attempt {
  const InnerRequest& request;
  AnswerSink& sink;
  Urgency urgency;
  std::chrono::milliseconds timeout;
  bool started = false;  // the sink has got a head: no second try
  bool direct_refused = false;
};

// One of the users that wait for a peer; those of background calls count nothing.
class SessionOpener::WaitingPlace {
 public:
  WaitingPlace() = default;
  WaitingPlace(SessionOpener& opener, std::string domain) : opener_(&opener), domain_(std::move(domain)) {}
  WaitingPlace(WaitingPlace&& other) noexcept
      : opener_(std::exchange(other.opener_, nullptr)), domain_(std::move(other.domain_)) {}
  WaitingPlace& operator=(WaitingPlace&&) = delete;
  ~WaitingPlace() {
    if (opener_ == nullptr) return;
    std::lock_guard lock(opener_->mutex_);
    const auto found = opener_->waiting_.find(domain_);
    if (--found->second == 0) opener_->waiting_.erase(found);
  }

 private:
  SessionOpener* opener_ = nullptr;
  std::string domain_;
};

// The threads that wait for peers are few and shared: one peer that is slow gets some of them, not all.
Expected<SessionOpener::WaitingPlace> SessionOpener::wait_place(const ConnectionRecord& connection, Urgency urgency) {
  if (urgency != Urgency::user) return WaitingPlace();
  const std::string& domain = connection.peer_address.domain().text();
  std::lock_guard lock(mutex_);
  int& waiting = waiting_[domain];
  if (waiting >= kMaxWaitingOfPeer) {
    core::Error error{ErrorCode::busy, "others wait for " + domain + " already", std::chrono::seconds(1), {}};
    return tl::make_unexpected(std::move(error));
  }
  ++waiting;
  return WaitingPlace(*this, domain);
}

SessionOpener::SessionOpener(Parts parts) : parts_(std::move(parts)) {}
SessionOpener::~SessionOpener() = default;

Expected<ConnectionRecord> SessionOpener::connection_of(const core::UserId& user, std::string_view peer) {
  KITH_TRY_ASSIGN(address, Address::parse(peer));
  KITH_TRY_ASSIGN(found, parts_.connections.find_active(user, address));
  if (!found) return core::fail(ErrorCode::not_found, "no connection with this person");
  return std::move(*found);
}

Expected<InnerAnswer> SessionOpener::request(const ConnectionRecord& connection, const InnerRequest& request,
                                             Urgency urgency) {
  KITH_TRY_ASSIGN(place, wait_place(connection, urgency));
  WholeAnswer whole;
  Attempt attempt{request, whole, urgency, kSmallTimeout};
  KITH_TRY(run(connection, attempt));
  if (whole.answer.head.status == 403 &&
      error_from_inner_answer(connection.peer_address.domain().text(), whole.answer).code ==
          ErrorCode::connection_ended) {
    note_ended(connection.id);
    return core::fail(ErrorCode::connection_ended, "the other side has ended the connection");
  }
  return std::move(whole.answer);
}

Expected<void> SessionOpener::stream(const ConnectionRecord& connection, const InnerRequest& request, AnswerSink& sink,
                                     Urgency urgency) {
  Attempt attempt{request, sink, urgency, std::chrono::milliseconds(0)};
  return run(connection, attempt);
}

Expected<ChannelAnswer> SessionOpener::send(const core::ConnectionId& id, std::string_view method,
                                            std::string_view target, std::string_view body) {
  KITH_TRY_ASSIGN(connection, parts_.connections.find(id));
  if (!connection) return core::fail(ErrorCode::not_found, "no such connection");
  if (!connection->active && !(connection->ending && target == kRevokeTarget)) {
    return core::fail(ErrorCode::connection_ended, "the connection has ended");
  }
  InnerRequest inner{std::string(method), std::string(target), {}, std::string(body)};
  if (!body.empty()) inner.headers.emplace_back("content-type", kJsonMediaType);
  KITH_TRY_ASSIGN(answer, request(*connection, inner, Urgency::background));
  return ChannelAnswer{answer.head.status, std::move(answer.body)};
}

// A session the peer forgot (it restarted), a counter a proxy repeated, a certificate that changed: one more try. Where
// direct requests do not reach the peer as such, the same goes out sealed.
Expected<void> SessionOpener::run(const ConnectionRecord& connection, Attempt& attempt) {
  Expected<void> sent;
  for (int tries = 0; tries < kTries; ++tries) {
    KITH_TRY_ASSIGN(session, session_for(connection, attempt.urgency));
    const bool direct = session->direct;
    sent = direct ? send_direct(*session, attempt) : send_sealed(*session, attempt);
    if (direct && std::exchange(attempt.direct_refused, false)) {
      session->direct = false;
      sent = send_sealed(*session, attempt);
    }
    if (sent || attempt.started) return sent;
    const bool other_certificate = session->direct && sent.error().code == ErrorCode::peer_error;
    if (asks_for_new_session(sent.error()) || other_certificate) {
      forget(connection.id, session);
    } else if (sent.error().code != ErrorCode::counter_seen) {
      return sent;
    }
  }
  // A peer that keeps saying this makes no sense; its words are not those of this daemon's API.
  const std::string last(core::error_info(sent.error().code).name);
  return core::fail(ErrorCode::peer_error, "the peer would not take a fresh session: " + last);
}

Expected<SessionOpener::SessionPointer> SessionOpener::session_for(const ConnectionRecord& connection,
                                                                   Urgency urgency) {
  const auto line = line_of(connection.id);
  std::lock_guard lock(line->mutex);
  if (!line->current || !line->current->is_fresh(parts_.clock.steady())) {
    KITH_TRY_ASSIGN(session, open(connection, urgency));
    line->current = std::move(session);
  }
  return line->current;
}

Expected<SessionOpener::SessionPointer> SessionOpener::open(const ConnectionRecord& connection, Urgency urgency) {
  if (connection.peer_polls) {
    return core::fail(ErrorCode::wrong_state, "the other instance cannot be reached from here; it has to ask");
  }
  KITH_TRY_ASSIGN(own, parts_.connections.own_keys(connection.id, connection.own_epoch));
  KITH_TRY_ASSIGN(peer, parts_.connections.peer_keys(connection.id, connection.peer_epoch));
  KITH_TRY_ASSIGN(draft, draft_auth(connection, own, peer));
  PeerCall call;
  call.target = kAuthPath;
  call.headers = {{"Content-Type", std::string(kJsonMediaType)},
                  {std::string(kSignatureHeader), signature_header(draft.message.signature)}};
  call.body = draft.message.body;
  KITH_TRY_ASSIGN(reply, parts_.door.call(connection.peer_address.domain().text(), call, urgency));
  if (reply.status != 200) return tl::make_unexpected(refused(connection, peer.sign, draft.message.body, reply));
  const auto header = find_header(reply.headers, kSignatureHeader);
  const auto signature = header ? parse_signature_header(*header) : std::nullopt;
  if (!signature || !verify_response(peer.sign, Step::auth, draft.message.body, {reply.body, *signature})) {
    return core::fail(ErrorCode::peer_error, "the answer to auth is not signed by the connection's key");
  }
  KITH_TRY_ASSIGN(session, begin_session(draft, reply));
  session->domain = connection.peer_address.domain().text();
  KITH_TRY(parts_.connections.own_epoch_used(connection.id, own.epoch));
  KITH_TRY(parts_.connections.peer_epoch_used(connection.id, peer.epoch));
  return session;
}

Expected<SessionOpener::AuthDraft> SessionOpener::draft_auth(const ConnectionRecord& connection, const OwnKeys& own,
                                                             const PeerKeys& peer) {
  SessionKey session_key;
  parts_.random.fill(session_key.writable());
  KITH_TRY_ASSIGN(sealed_key, core::seal_to(peer.box, session_key.view(), parts_.random));
  auto ephemeral = core::BoxKeyPair::generate(parts_.random);
  const AuthRequest request{.connection_id = connection.wire_id,
                            .from = connection.local_address.text(),
                            .to = connection.peer_address.text(),
                            .epoch = own.epoch,
                            .peer_epoch = peer.epoch,
                            .session_key = SealedSessionKey::from(sealed_key).value(),
                            .ephemeral_key = ephemeral.public_key,
                            .aes = parts_.aes,
                            .timestamp = parts_.clock.now()};
  return AuthDraft{std::move(session_key), std::move(ephemeral), request.timestamp, parts_.clock.steady(),
                   sign_request(own.sign, Step::auth, render_auth_request(request))};
}

// `reply` is signed by the peer.
Expected<SessionOpener::SessionPointer> SessionOpener::begin_session(const AuthDraft& draft,
                                                                     const PeerResponse& reply) {
  const auto answer = parse_auth_answer(reply.body);
  if (!answer) return core::fail(ErrorCode::peer_error, "the answer to auth: " + answer.error().detail);
  const auto life = std::min<std::chrono::milliseconds>(answer->expires_at - draft.timestamp, kSessionLife);
  const auto shared = core::x25519(draft.ephemeral.secret_key, answer->ephemeral_key);
  const bool cipher_fits = parts_.aes || answer->cipher != core::AeadCipher::aes256gcm;
  if (!shared || !cipher_fits || life.count() <= 0) {
    return core::fail(ErrorCode::peer_error, "the answer to auth makes no sense");
  }
  auto session = std::make_shared<Session>();
  session->id = answer->session_id;
  session->keys = derive_session_keys(draft.message.body, reply.body, draft.session_key, *shared);
  session->cipher = answer->cipher;
  if (answer->tls_spki && reply.tls && reply.tls->tls13 && reply.tls->spki == *answer->tls_spki) {
    session->direct_spki = answer->tls_spki;
    session->direct = true;
  }
  session->opened = draft.asked;
  session->expires = draft.asked + life;
  session->requests.emplace(answer->cipher, session->keys.o2a);
  return session;
}

// Only a signed refusal may change anything here; any other is the words of whoever answered.
core::Error SessionOpener::refused(const ConnectionRecord& connection, const core::VerifyKey& key,
                                   std::string_view body, const PeerResponse& answer) {
  const auto header = find_header(answer.headers, kSignatureHeader);
  const auto signature = header ? parse_signature_header(*header) : std::nullopt;
  if (signature) {
    auto final = verified_refusal(key, Step::auth, body, answer.status, {answer.body, *signature});
    if (final && final->code == ErrorCode::connection_ended) {
      note_ended(connection.id);
      return std::move(*final);
    }
  }
  core::Error error = error_from_answer(connection.peer_address.domain().text(), answer);
  if (error.code == ErrorCode::connection_ended) error.code = ErrorCode::peer_error;
  return error;
}

namespace {

// The error of a call whose answer was not taken to its end.
Expected<void> outcome(const std::string& domain, const Expected<PeerResponse>& called, AnswerReceiver& receiver) {
  if (receiver.error()) return tl::make_unexpected(*receiver.error());
  if (!called && receiver.is_too_slow()) {
    return core::fail(ErrorCode::peer_unreachable, domain + " sends next to nothing");
  }
  if (!called) return tl::make_unexpected(called.error());
  if (receiver.stray()) {
    core::Error error = error_from_answer(domain, *receiver.stray());
    // Only errors about the session itself come plain. Others can't be believed, so they change nothing.
    const bool of_session = asks_for_new_session(error) || error.code == ErrorCode::counter_seen ||
                            error.code == ErrorCode::busy || error.code == ErrorCode::peer_unreachable;
    if (!of_session) error.code = ErrorCode::peer_error;
    return tl::make_unexpected(std::move(error));
  }
  return receiver.finish();
}

}  // namespace

Expected<void> SessionOpener::send_sealed(Session& session, Attempt& attempt) {
  const std::uint64_t counter = session.next_counter++;
  PeerCall call;
  call.target = kSealedTarget;
  call.total_timeout = attempt.timeout;
  call.headers = {{"Content-Type", "application/vnd.kith.sealed"},
                  {"Kith-Session", core::to_base64url(session.id.view())},
                  {"Kith-Counter", std::to_string(counter)}};
  {
    std::lock_guard lock(session.mutex);
    KITH_TRY_ASSIGN(sealed, seal_request(*session.requests, session.id, counter, attempt.request));
    call.body = std::move(sealed);
  }
  SealedAnswerReceiver receiver(core::Aead(session.cipher, session.keys.a2o), session.id, counter, attempt.sink,
                                parts_.clock);
  const auto called = parts_.door.stream(session.domain, call, receiver, attempt.urgency);
  auto result = outcome(session.domain, called, receiver);
  session.bytes += call.body.size() + receiver.received();
  attempt.started = attempt.started || receiver.started();
  return result;
}

Expected<void> SessionOpener::send_direct(Session& session, Attempt& attempt) {
  const std::uint64_t counter = session.next_counter++;
  const InnerRequest& request = attempt.request;
  const auto header = [&](std::string_view name) { return find_header(request.headers, name).value_or(""); };
  const core::Mac mac =
      direct_request_mac(session.keys.mac, session.id, counter,
                         {request.method, request.target, header("range"), header("if-range"), request.body});
  PeerCall call;
  call.method = request.method;
  call.target = request.target;
  call.headers = request.headers;
  call.headers.emplace_back("Kith-Session", core::to_base64url(session.id.view()));
  call.headers.emplace_back("Kith-Counter", std::to_string(counter));
  call.headers.emplace_back("Kith-Mac", core::to_base64url(mac.view()));
  call.body = request.body;
  call.total_timeout = attempt.timeout;
  call.only_spki = session.direct_spki;
  const auto right_mac = [&](int status, const HeaderList& headers) {
    return direct_answer_mac(session.keys.mac, session.id, counter, direct_answer_fields(status, headers));
  };
  DirectAnswerReceiver receiver(right_mac, attempt.sink, parts_.clock);
  const auto called = parts_.door.stream(session.domain, call, receiver, attempt.urgency);
  auto result = outcome(session.domain, called, receiver);
  const auto& stray = receiver.stray();
  attempt.direct_refused = called && stray && error_from_answer(session.domain, *stray).code == ErrorCode::forbidden;
  session.bytes += call.body.size() + receiver.received();
  attempt.started = attempt.started || receiver.started();
  return result;
}

void SessionOpener::forget(const core::ConnectionId& id, const SessionPointer& session) {
  const auto line = line_of(id);
  std::lock_guard lock(line->mutex);
  if (line->current == session) line->current.reset();
}

void SessionOpener::connection_ended(const core::ConnectionId& id) {
  std::lock_guard lock(mutex_);
  lines_.erase(id);
}

void SessionOpener::note_ended(const core::ConnectionId& id) {
  connection_ended(id);
  if (parts_.on_ended) parts_.on_ended(id);
}

std::shared_ptr<SessionOpener::Line> SessionOpener::line_of(const core::ConnectionId& id) {
  std::lock_guard lock(mutex_);
  auto& line = lines_[id];
  if (!line) line = std::make_shared<Line>();
  return line;
}

}  // namespace kith::federation
