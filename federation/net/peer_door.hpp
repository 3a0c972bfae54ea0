#pragma once
// Calls to other instances by domain: picks the scheme, remembers who is down, limits how much one peer may hold up.
//
// Scheme (federation/PROTOCOL.md, "Discovery and pins"): HTTPS first; plain HTTP only for a domain with an explicit
// port, with federation.allow_http, and never once the domain is HTTPS-only. Which of the two answers is found out with
// a GET of the discovery document, so a real request never goes out twice; then it is kept, also over a restart.
// HTTPS-only is remembered when a certificate of the web's own authorities is seen, or by remember_https().
//
// Down: a call that got no answer marks the peer down. After the second in a row, or one that took long (a timeout),
// further calls fail at once with peer_unreachable and `since` until a back-off has passed. Then one call at a time
// goes through as a probe; after a failure that took long a user's call never is that probe: probe_due() does it in the
// background. A streamed answer that breaks off after its head is peer_error and no sign of being down.
//
// Thread-safe, blocking. Owns nothing it is handed; those must outlive it.

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "federation/net/instance_store.hpp"
#include "federation/net/limits.hpp"
#include "federation/net/peer_answer.hpp"
#include "federation/peers.hpp"
#include "storage/database.hpp"

namespace kith::federation {

struct PeerDoorOptions {
  bool allow_http = false;  // federation.allow_http
  int calls_per_peer = net_limits::kCallsPerPeer;
  int streams_per_peer = net_limits::kStreamsPerPeer;
  std::chrono::milliseconds place_wait = net_limits::kPlaceWait;  // of background calls; real time
};

// user: somebody waits, never made to wait for a peer known to hang or for a place. background: retries that keep their
// own back-off.
enum class Urgency : std::uint8_t { user, background };

struct Reachability {
  std::optional<core::Timestamp> down_since;  // nothing: reachable, or never tried
  std::optional<core::Timestamp> last_seen;
  std::optional<std::string> last_error;
};

class PeerDoor {
 public:
  PeerDoor(PeerTransport& transport, storage::Database& database, const core::Clock& clock, PeerDoorOptions options,
           core::Logger logger);
  ~PeerDoor();
  PeerDoor(const PeerDoor&) = delete;
  PeerDoor& operator=(const PeerDoor&) = delete;

  // The answer of any status (error_from_answer() turns a refusal into an Error). Fails with
  //   bad_request       `domain` is not a canonical one
  //   peer_blocked      an admin blocked it
  //   peer_unreachable  no answer, or known to be down; `since` says since when
  //   peer_error        no answer to take (see PeerTransport); only_spki asked of a peer that speaks plain HTTP
  //   busy              too many calls to this peer at once
  [[nodiscard]] Expected<PeerResponse> call(std::string_view domain, const PeerCall& call,
                                            Urgency urgency = Urgency::user);
  // The same with the body going to `sink` (max_response does not apply; total_timeout 0 is none).
  [[nodiscard]] Expected<PeerResponse> stream(std::string_view domain, const PeerCall& call, ResponseSink& sink,
                                              Urgency urgency = Urgency::user);

  // A handshake was established with `domain` over HTTPS: from now on HTTPS only.
  [[nodiscard]] Expected<void> remember_https(std::string_view domain);
  // From memory, else from the database.
  [[nodiscard]] Expected<Reachability> reachability(std::string_view domain);
  // Reads the row anew: after block and unblock.
  void reload(std::string_view domain);
  // Something came from the peer: what it was down for may be over, so the next call goes through.
  void heard_from(std::string_view domain);

  // Tries every peer that is down, due and was asked for lately, one after the other; the number that came back. Called
  // by PeerProber, from any number of threads.
  int probe_due();

 private:
  struct Peer;
  class Place;
  using PeerPointer = std::shared_ptr<Peer>;

  Expected<PeerPointer> peer_of(std::string_view domain);
  Expected<std::optional<KnownInstance>> row_of(std::string_view domain);
  Expected<Place> enter(std::string_view domain, Urgency urgency, bool streaming);
  Expected<PeerResponse> run(std::string_view domain, const PeerCall& call, ResponseSink* sink, Urgency urgency);
  Expected<PeerResponse> attempt(Peer& peer, const PeerCall& call, ResponseSink* sink);
  Expected<PeerResponse> send_over(Peer& peer, PeerScheme scheme, const PeerCall& call, ResponseSink* sink);
  Expected<PeerScheme> scheme_for(Peer& peer);
  Expected<PeerScheme> find_scheme(Peer& peer);
  void note_scheme(Peer& peer, PeerScheme scheme, const std::optional<TlsFacts>& tls);
  void tell_refusal(const Peer& peer, const PeerResponse& answer) const;
  void note_answer(Peer& peer, const std::optional<std::string>& complaint);
  core::Error note_failure(Peer& peer, core::Error error, std::chrono::steady_clock::duration took);
  core::Error down_error(const Peer& peer) const;
  // Writes what is known to the row; `make`: also when there is none yet.
  void store(const Peer& peer, bool make);
  void drop_idle();

  PeerTransport& transport_;
  storage::Database& database_;
  const core::Clock& clock_;
  const PeerDoorOptions options_;
  const core::Logger logger_;
  std::mutex mutex_;  // guards peers_ and every Peer in it
  std::condition_variable place_free_;
  std::map<std::string, PeerPointer, std::less<>> peers_;
};

}  // namespace kith::federation
