#include "federation/net/curl_transport.hpp"

#include <curl/curl.h>

#include <atomic>

#include "core/encoding.hpp"
#include "federation/net/curl_pool.hpp"
#include "federation/net/curl_transfer.hpp"
#include "federation/net/tls_inspection.hpp"

namespace kith::federation {

using core::ErrorCode;

namespace {

struct Origin {
  std::string key;   // what a kept connection must have in common with a request
  std::string host;  // without brackets
};

std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

Expected<Origin> origin_of(const PeerRequest& request) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), curl_url_cleanup);
  constexpr unsigned kFlags = CURLU_DISALLOW_USER | CURLU_PATH_AS_IS;
  if (!url || curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), kFlags) != CURLUE_OK) {
    return core::fail(ErrorCode::internal, "a malformed address of another instance");
  }
  const std::string scheme = url_part(url.get(), CURLUPART_SCHEME);
  if (request.only_spki && scheme != "https") {
    return core::fail(ErrorCode::peer_error, "a certificate was asked for, but the peer speaks plain HTTP");
  }
  Origin origin;
  origin.host = url_part(url.get(), CURLUPART_HOST);
  origin.key = scheme + "://" + origin.host + ":" + url_part(url.get(), CURLUPART_PORT);
  if (request.only_spki) origin.key += "#" + core::to_hex(request.only_spki->view());
  if (request.web_authority_only) origin.key += "#web";
  if (origin.host.starts_with('[')) origin.host = origin.host.substr(1, origin.host.size() - 2);
  return origin;
}

}  // namespace

struct CurlTransport::State {
  State(CurlTransportOptions chosen, TrustStore store) : options(std::move(chosen)), trust(std::move(store)) {}

  Expected<PeerResponse> run(const PeerRequest& request, ResponseSink* sink) {
    if (stopping) return core::fail(ErrorCode::busy, "this instance is stopping");
    KITH_TRY_ASSIGN(origin, origin_of(request));
    const CurlLoan handle = pool.take(origin.key, origin.host);
    CurlTransfer transfer(*handle, request, sink, options, trust, stopping);
    return transfer.run();
  }

  const CurlTransportOptions options;
  const TrustStore trust;
  std::atomic<bool> stopping = false;
  CurlPool pool;
};

CurlTransport::CurlTransport(std::unique_ptr<State> state) : state_(std::move(state)) {}

Expected<std::unique_ptr<CurlTransport>> CurlTransport::create(CurlTransportOptions options) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return core::fail(ErrorCode::internal, "libcurl can't start");
  auto trust = TrustStore::load(options.ca_file);
  if (!trust) {
    curl_global_cleanup();
    return tl::make_unexpected(std::move(trust.error()));
  }
  auto state = std::make_unique<State>(std::move(options), std::move(*trust));
  return std::unique_ptr<CurlTransport>(new CurlTransport(std::move(state)));
}

CurlTransport::~CurlTransport() {
  state_.reset();
  curl_global_cleanup();  // counted by curl: the last one counts
}

Expected<PeerResponse> CurlTransport::send(const PeerRequest& request) {
  return state_->run(request, nullptr);
}

Expected<PeerResponse> CurlTransport::stream(const PeerRequest& request, ResponseSink& sink) {
  return state_->run(request, &sink);
}

void CurlTransport::stop() {
  state_->stopping = true;
}

}  // namespace kith::federation
