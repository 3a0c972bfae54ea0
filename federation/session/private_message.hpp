#pragma once
// A request to the session part of the public listener (/api/auth, /api/private/v1/*) and its answer, without the HTTP
// layer's types. The routes copy fields over and add nothing.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "federation/byte_source.hpp"
#include "federation/peers.hpp"

namespace kith::federation {

struct PrivateRequest {
  std::string method;  // "GET", "POST", as on the wire
  std::string target;  // origin form, exactly as it came, with the query
  HeaderList headers;  // all of them, as they came
  std::string body;    // whole, at most kMaxSealedRequest
  // True only if the request came over TLS 1.3 that ended in this daemon (not at a proxy). Direct requests need it.
  bool own_tls13 = false;
  std::string request_id;   // for problem documents
  std::string client = {};  // IP address, for alerts
};

// A body made as it is sent; its length is always known and goes out as Content-Length.
struct PrivateStream {
  std::shared_ptr<ByteSource> source;
  std::uint64_t length = 0;
};

struct PrivateResponse {
  int status = 200;
  HeaderList headers;  // all but Content-Length, which the body tells
  std::variant<std::string, PrivateStream> body;
};

}  // namespace kith::federation
