#pragma once
// PeerTransport over libcurl: HTTP/1.1, plain or over TLS 1.2 and newer, and nothing else a general client would do: no
// redirects, proxies, cookies, netrc, compression, other protocols. Only curl_*.cpp include curl.
//
// Any certificate is accepted; PeerResponse::tls tells what it was, for kept connections too. only_spki and
// web_authority_only are checked before the first byte of the request is written. Addresses are judged when connecting
// (address_policy.hpp). Connections are kept and used again per origin and these two, in a bounded pool.
//
// Thread-safe; a call blocks its thread. stop() ends running calls within about a second, later ones fail at once; the
// destructor must not run while calls do.
//
// Errors: peer_unreachable when no whole answer came (name, address, connection, time, cut off,
// a certificate that web_authority_only rules out); peer_error when the
// answer is not one to take (too long, too many headers, compressed, malformed, another certificate than only_spki, TLS
// below 1.3 with only_spki) or the sink ended the transfer; busy after stop(); internal for a request that cannot be
// put on the wire.

#include <chrono>
#include <memory>
#include <string>

#include "federation/net/address_policy.hpp"
#include "federation/net/limits.hpp"
#include "federation/peers.hpp"

namespace kith::federation {

struct CurlTransportOptions {
  AddressPolicy addresses;
  std::string ca_file;  // PEM; empty: the system's trust store
  std::chrono::milliseconds stalled = net_limits::kStalled;
};

class CurlTransport final : public PeerTransport {
 public:
  // Fails when ca_file can't be read.
  [[nodiscard]] static Expected<std::unique_ptr<CurlTransport>> create(CurlTransportOptions options);
  ~CurlTransport() override;

  [[nodiscard]] Expected<PeerResponse> send(const PeerRequest& request) override;
  [[nodiscard]] Expected<PeerResponse> stream(const PeerRequest& request, ResponseSink& sink) override;
  void stop();

 private:
  struct State;
  explicit CurlTransport(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace kith::federation
