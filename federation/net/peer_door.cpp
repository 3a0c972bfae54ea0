#include "federation/net/peer_door.hpp"

#include <algorithm>

#include "federation/address.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::federation {

using core::Error;
using core::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What is remembered of a domain while the daemon runs. Guarded by PeerDoor::mutex_ but for `domain`.
struct PeerDoor::Peer {
  explicit Peer(Domain name) : domain(std::move(name)) {}

  const Domain domain;
  PeerScheme scheme = PeerScheme::unknown;
  bool https_only = false;
  bool blocked = false;
  int calls = 0;
  int streams = 0;

  std::optional<core::Timestamp> down_since;
  std::optional<core::Timestamp> last_seen;
  std::optional<core::Timestamp> stored_seen;
  std::optional<std::string> last_error;
  int failures = 0;      // in a row
  bool hangs = false;    // the last failure made somebody wait
  bool probing = false;  // a call is finding out whether it is back
  steady_clock::time_point retry_at{};
  steady_clock::time_point wanted_at{};

  // One quick failure may be an accident; a second one, or a wait, makes callers stay away.
  bool is_shunned() const { return down_since && (failures >= 2 || hangs); }
  bool is_idle() const { return calls == 0 && streams == 0 && !probing; }
};

// A place among the calls to one peer; given back when destroyed.
class PeerDoor::Place {
 public:
  Place(PeerDoor& door, PeerPointer peer, bool streaming, bool probe)
      : door_(&door), peer_(std::move(peer)), streaming_(streaming), probe_(probe) {}
  Place(Place&&) noexcept = default;
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (!peer_) return;
    {
      std::lock_guard lock(door_->mutex_);
      --(streaming_ ? peer_->streams : peer_->calls);
      if (probe_) peer_->probing = false;
    }
    door_->place_free_.notify_all();
  }
  Peer& peer() const { return *peer_; }

 private:
  PeerDoor* door_;
  PeerPointer peer_;
  bool streaming_;
  bool probe_;
};

namespace {

// Tells whether an answer had begun: after that a failure is the transfer's, not a sign that the peer is down.
class WatchedSink final : public ResponseSink {
 public:
  explicit WatchedSink(ResponseSink& inner) : inner_(inner) {}
  bool head(const PeerResponse& response) override {
    begun_ = true;
    return inner_.head(response);
  }
  bool body(core::ByteView piece) override { return inner_.body(piece); }
  bool wanted() const override { return inner_.wanted(); }
  bool begun() const { return begun_; }

 private:
  ResponseSink& inner_;
  bool begun_ = false;
};

bool is_target(std::string_view target) {
  return target.starts_with('/') &&
         std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

PeerRequest request_for(const Domain& domain, PeerScheme scheme, const PeerCall& call) {
  PeerRequest request;
  request.method = call.method;
  request.url = (scheme == PeerScheme::https ? "https://" : "http://") + domain.text() + call.target;
  request.headers = call.headers;
  if (!call.body.empty() && !find_header(call.headers, "Content-Type")) {
    request.headers.emplace_back("Content-Type", kJsonMediaType);
  }
  request.body = call.body;
  request.total_timeout = call.total_timeout;
  request.max_response = call.max_response;
  request.only_spki = call.only_spki;
  // Without a port nothing but the web's own authorities says who answers; a certificate named by a session says more.
  request.web_authority_only = domain.https_only() && !call.only_spki;
  return request;
}

PeerCall discovery_call() {
  PeerCall call;
  call.method = "GET";
  call.target = kDiscoveryPath;
  call.total_timeout = net_limits::kProbeTimeout;
  call.max_response = net_limits::kDiscoveryDocument;
  return call;
}

// There was an answer, if perhaps not one to take.
bool has_answered(const Expected<PeerResponse>& result) {
  return result || result.error().code == ErrorCode::peer_error;
}

milliseconds back_off(int failures, bool hangs) {
  const auto first = hangs ? net_limits::kSlowBackOffFirst : net_limits::kFastBackOffFirst;
  const auto last = hangs ? net_limits::kSlowBackOffLast : net_limits::kFastBackOffLast;
  return std::min(last, first * (1 << std::min(failures - 1, 10)));
}

}  // namespace

PeerDoor::PeerDoor(PeerTransport& transport, storage::Database& database, const core::Clock& clock,
                   PeerDoorOptions options, core::Logger logger)
    : transport_(transport), database_(database), clock_(clock), options_(options), logger_(std::move(logger)) {}

PeerDoor::~PeerDoor() = default;

Expected<PeerResponse> PeerDoor::call(std::string_view domain, const PeerCall& call, Urgency urgency) {
  return run(domain, call, nullptr, urgency);
}

Expected<PeerResponse> PeerDoor::stream(std::string_view domain, const PeerCall& call, ResponseSink& sink,
                                        Urgency urgency) {
  return run(domain, call, &sink, urgency);
}

Expected<PeerResponse> PeerDoor::run(std::string_view domain, const PeerCall& call, ResponseSink* sink,
                                     Urgency urgency) {
  if (!is_target(call.target)) return core::fail(ErrorCode::internal, "a malformed path for another instance");
  KITH_TRY_ASSIGN(place, enter(domain, urgency, sink != nullptr));
  auto& peer = place.peer();
  const auto begin = clock_.steady();
  auto result = attempt(peer, call, sink);
  if (result && result->status >= 400) tell_refusal(peer, *result);
  if (has_answered(result)) {
    note_answer(peer, result ? std::nullopt : std::optional(result.error().detail));
    if (!result) result.error().detail = peer.domain.text() + ": " + result.error().detail;
  } else if (result.error().code == ErrorCode::peer_unreachable) {
    result = tl::make_unexpected(note_failure(peer, std::move(result.error()), clock_.steady() - begin));
  }
  return result;
}

Expected<PeerDoor::PeerPointer> PeerDoor::peer_of(std::string_view domain) {
  {
    std::lock_guard lock(mutex_);
    const auto found = peers_.find(domain);
    if (found != peers_.end()) return found->second;
  }
  KITH_TRY_ASSIGN(parsed, Domain::parse(domain));
  KITH_TRY_ASSIGN(row, row_of(domain));
  auto peer = std::make_shared<Peer>(std::move(parsed));
  if (row) {
    peer->scheme = row->scheme;
    peer->https_only = row->https_only;
    peer->blocked = row->blocked;
    peer->down_since = row->down_since;  // since when, for people; whether it still is, the next call finds out
    peer->last_seen = peer->stored_seen = row->last_seen;
    peer->last_error = row->last_error;
  }
  std::lock_guard lock(mutex_);
  drop_idle();
  return peers_.try_emplace(std::string(domain), std::move(peer)).first->second;
}

Expected<std::optional<KnownInstance>> PeerDoor::row_of(std::string_view domain) {
  return database_.read_for<std::optional<KnownInstance>>(
      [&](storage::Reader& reader) { return instance_store::find(reader, domain); });
}

void PeerDoor::drop_idle() {
  for (auto it = peers_.begin(); it != peers_.end() && peers_.size() >= net_limits::kPeersInMemory;) {
    it = it->second->is_idle() ? peers_.erase(it) : std::next(it);
  }
}

Expected<PeerDoor::Place> PeerDoor::enter(std::string_view domain, Urgency urgency, bool streaming) {
  KITH_TRY_ASSIGN(peer, peer_of(domain));
  const int limit = streaming ? options_.streams_per_peer : options_.calls_per_peer;
  int& running = streaming ? peer->streams : peer->calls;
  const auto patience = steady_clock::now() + (urgency == Urgency::user ? milliseconds(0) : options_.place_wait);
  std::unique_lock lock(mutex_);
  if (urgency == Urgency::user) peer->wanted_at = clock_.steady();
  while (true) {
    if (peer->blocked) {
      return core::fail(ErrorCode::peer_blocked, std::string(domain) + " is blocked by an administrator");
    }
    const bool shunned = peer->is_shunned();
    const bool may_probe =
        !peer->probing && clock_.steady() >= peer->retry_at && (urgency == Urgency::background || !peer->hangs);
    if (shunned && !may_probe) return tl::make_unexpected(down_error(*peer));
    if (running < limit) {
      ++running;
      peer->probing = peer->probing || shunned;
      return Place(*this, peer, streaming, shunned);
    }
    if (place_free_.wait_until(lock, patience) == std::cv_status::timeout && running >= limit) {
      return tl::make_unexpected(Error{
          ErrorCode::busy, "too many requests to " + std::string(domain) + " at once", std::chrono::seconds(1), {}});
    }
  }
}

Expected<PeerResponse> PeerDoor::attempt(Peer& peer, const PeerCall& call, ResponseSink* sink) {
  KITH_TRY_ASSIGN(scheme, scheme_for(peer));
  if (call.only_spki && scheme != PeerScheme::https) {
    return core::fail(ErrorCode::peer_error, "it speaks plain HTTP, so it has no certificate");
  }
  return send_over(peer, scheme, call, sink);
}

Expected<PeerScheme> PeerDoor::scheme_for(Peer& peer) {
  {
    std::lock_guard lock(mutex_);
    if (peer.domain.https_only() || peer.https_only || !options_.allow_http) return PeerScheme::https;
    if (peer.scheme != PeerScheme::unknown) return peer.scheme;
  }
  return find_scheme(peer);
}

Expected<PeerScheme> PeerDoor::find_scheme(Peer& peer) {
  auto over_https = send_over(peer, PeerScheme::https, discovery_call(), nullptr);
  if (has_answered(over_https)) return PeerScheme::https;
  if (over_https.error().code != ErrorCode::peer_unreachable) return tl::make_unexpected(std::move(over_https.error()));
  auto over_http = send_over(peer, PeerScheme::http, discovery_call(), nullptr);
  if (has_answered(over_http)) return PeerScheme::http;
  return tl::make_unexpected(std::move(over_http.error()));
}

Expected<PeerResponse> PeerDoor::send_over(Peer& peer, PeerScheme scheme, const PeerCall& call, ResponseSink* sink) {
  const auto request = request_for(peer.domain, scheme, call);
  std::optional<WatchedSink> watched;
  if (sink != nullptr) watched.emplace(*sink);
  auto result = watched ? transport_.stream(request, *watched) : transport_.send(request);
  if (has_answered(result)) note_scheme(peer, scheme, result ? result->tls : std::nullopt);
  if (!result && watched && watched->begun() && result.error().code == ErrorCode::peer_unreachable) {
    result.error().code = ErrorCode::peer_error;
  }
  return result;
}

void PeerDoor::note_scheme(Peer& peer, PeerScheme scheme, const std::optional<TlsFacts>& tls) {
  {
    std::lock_guard lock(mutex_);
    const bool now_https_only = peer.https_only || (tls && tls->web_authority);
    if (now_https_only && scheme == PeerScheme::http) return;
    if (peer.scheme == scheme && peer.https_only == now_https_only) return;
    peer.scheme = scheme;
    peer.https_only = now_https_only;
  }
  store(peer, true);
}

// So that admins of both sides can find the same request in their logs.
void PeerDoor::tell_refusal(const Peer& peer, const PeerResponse& answer) const {
  constexpr std::size_t kLongestId = 64;
  const auto id = find_header(answer.headers, "X-Request-Id").value_or("");
  logger_.debug(
      "a peer refused a request",
      {{"domain", peer.domain.text()}, {"status", answer.status}, {"peer_request_id", id.substr(0, kLongestId)}});
}

void PeerDoor::note_answer(Peer& peer, const std::optional<std::string>& complaint) {
  const auto now = clock_.now();
  bool worth_storing = false;
  {
    std::lock_guard lock(mutex_);
    const bool was_down = peer.down_since.has_value();
    worth_storing = was_down || !peer.stored_seen || now - *peer.stored_seen >= net_limits::kSeenGranularity;
    peer.down_since.reset();
    peer.failures = 0;
    peer.hangs = false;
    peer.last_seen = now;
    if (complaint) peer.last_error = complaint;
    if (worth_storing) peer.stored_seen = now;
    if (was_down) logger_.info("peer is back", {{"domain", peer.domain.text()}});
  }
  if (worth_storing) store(peer, true);
}

Error PeerDoor::note_failure(Peer& peer, Error error, steady_clock::duration took) {
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    first = !peer.down_since;
    if (first) peer.down_since = clock_.now();
    ++peer.failures;
    peer.hangs = took >= net_limits::kFastFailure;
    peer.retry_at = clock_.steady() + back_off(peer.failures, peer.hangs);
    if (!peer.https_only) peer.scheme = PeerScheme::unknown;  // it may come back speaking the other one
    peer.last_error = std::move(error.detail);
    if (!peer.domain.https_only() && !options_.allow_http) {
      *peer.last_error += " over HTTPS; plain HTTP would need federation.allow_http: true";
    }
    error = down_error(peer);
  }
  if (first) {
    logger_.info("peer can't be reached", {{"domain", peer.domain.text()}, {"reason", error.detail}});
    store(peer, false);
  }
  return error;
}

Error PeerDoor::down_error(const Peer& peer) const {
  std::string detail = peer.domain.text() + " can't be reached";
  if (peer.last_error) detail += ": " + *peer.last_error;
  return {ErrorCode::peer_unreachable, std::move(detail), {}, peer.down_since};
}

void PeerDoor::store(const Peer& peer, bool make) {
  const auto stored = database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(existing, instance_store::find(transaction, peer.domain.text()));
    if (!existing && !make) return {};
    KITH_TRY_ASSIGN(row, instance_store::find_or_new(transaction, peer.domain.text(), clock_.now()));
    {
      std::lock_guard lock(mutex_);
      row.https_only = row.https_only || peer.https_only;
      row.scheme = row.https_only ? PeerScheme::https : peer.scheme;
      row.last_seen = peer.last_seen;
      row.down_since = peer.down_since;
      row.last_error = peer.last_error;
    }
    return instance_store::save(transaction, row);
  });
  if (!stored) {
    logger_.warning("what is known of a peer can't be stored",
                    {{"domain", peer.domain.text()}, {"reason", stored.error().detail}});
  }
}

Expected<void> PeerDoor::remember_https(std::string_view domain) {
  KITH_TRY_ASSIGN(peer, peer_of(domain));
  {
    std::lock_guard lock(mutex_);
    peer->https_only = true;
    peer->scheme = PeerScheme::https;
  }
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(row, instance_store::find_or_new(transaction, domain, clock_.now()));
    row.https_only = true;
    row.scheme = PeerScheme::https;
    return instance_store::save(transaction, row);
  });
}

Expected<Reachability> PeerDoor::reachability(std::string_view domain) {
  KITH_TRY_ASSIGN(peer, peer_of(domain));
  std::lock_guard lock(mutex_);
  return Reachability{peer->down_since, peer->last_seen, peer->last_error};
}

void PeerDoor::reload(std::string_view domain) {
  const auto row = row_of(domain);
  std::lock_guard lock(mutex_);
  const auto found = peers_.find(domain);
  if (!row || found == peers_.end()) return;
  found->second->blocked = *row && (*row)->blocked;
  if (*row && (*row)->https_only) {
    found->second->https_only = true;
    found->second->scheme = PeerScheme::https;
  }
}

void PeerDoor::heard_from(std::string_view domain) {
  std::lock_guard lock(mutex_);
  const auto found = peers_.find(domain);
  if (found == peers_.end()) return;
  found->second->hangs = false;
  found->second->retry_at = clock_.steady();
}

int PeerDoor::probe_due() {
  std::vector<PeerPointer> due;
  {
    std::lock_guard lock(mutex_);
    const auto now = clock_.steady();
    for (const auto& [name, peer] : peers_) {
      const bool is_wanted = now - peer->wanted_at <= net_limits::kProbeInterest;
      if (peer->is_shunned() && !peer->blocked && !peer->probing && is_wanted && now >= peer->retry_at) {
        due.push_back(peer);
      }
    }
  }
  int back = 0;
  for (const auto& peer : due) {
    if (call(peer->domain.text(), discovery_call(), Urgency::background)) ++back;
  }
  return back;
}

}  // namespace kith::federation
