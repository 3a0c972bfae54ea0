#pragma once
// The one door to other instances. PeerTransport moves one HTTP request (libcurl in the daemon, a lossy in-process
// network in scenarios); PeerDoor (net/peer_door.hpp) sits on it and knows domains: scheme, reachability, limits. All
// of it is thread-safe and blocking; callers are never on an event thread.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "core/crypto/sha256.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

namespace kith::federation {

using core::Expected;

using HeaderList = std::vector<std::pair<std::string, std::string>>;
// The first header of that name, without case; nothing if there is none.
std::optional<std::string_view> find_header(const HeaderList& headers, std::string_view name);

// What the TLS handshake showed. The transport accepts any certificate a request doesn't rule out; who calls judges it.
struct TlsFacts {
  bool tls13 = false;
  bool web_authority = false;  // chain and name hold against the trust store
  core::Digest spki;           // SHA-256 of the DER SubjectPublicKeyInfo of the leaf
};

struct PeerRequest {
  std::string method = "POST";
  std::string url;  // absolute
  HeaderList headers;
  std::string body;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds total_timeout{20'000};  // 0: none, but 30 s without a byte end it
  std::size_t max_response = 64 * 1024;             // a longer body fails with peer_error; not for streams
  // Set: the request is only sent when the certificate is exactly this one and TLS is 1.3; else peer_error.
  std::optional<core::Digest> only_spki;
  // The request is only sent when TlsFacts::web_authority holds; else peer_unreachable. Says nothing of plain HTTP.
  bool web_authority_only = false;
};

struct PeerResponse {
  int status = 0;
  HeaderList headers;
  std::string body;             // empty for streamed answers
  std::optional<TlsFacts> tls;  // nothing over plain HTTP
};

// Takes a streamed answer. Runs on the caller's thread; may block for back-pressure; false ends the transfer.
class ResponseSink {
 public:
  virtual ~ResponseSink() = default;
  virtual bool head(const PeerResponse& response) = 0;
  virtual bool body(core::ByteView piece) = 0;
  // Asked about once a second while nothing comes: false ends the transfer without waiting for the next piece.
  virtual bool wanted() const { return true; }
};

class PeerTransport {
 public:
  virtual ~PeerTransport() = default;
  // The whole answer of any status; peer_unreachable when none came, peer_error when it was not one to take
  // (too long, redirect not followed but returned as is).
  [[nodiscard]] virtual Expected<PeerResponse> send(const PeerRequest& request) = 0;
  [[nodiscard]] virtual Expected<PeerResponse> stream(const PeerRequest& request, ResponseSink& sink) = 0;
};

// Path and content of a call to a domain; PeerDoor adds scheme and host.
struct PeerCall {
  std::string method = "POST";
  std::string target;  // "/handshake/init"
  HeaderList headers;
  std::string body;
  std::chrono::milliseconds total_timeout{20'000};
  std::size_t max_response = 64 * 1024;
  std::optional<core::Digest> only_spki;
};

}  // namespace kith::federation
