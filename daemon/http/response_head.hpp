#pragma once
// The status line and header fields of a response, as bytes (RFC 9112, sections 4 to 6; RFC 9110, section 8).

#include <cstdint>
#include <optional>
#include <string>

#include "core/time.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

// How the body goes out.
struct ResponseFraming {
  std::optional<std::uint64_t> length;  // Content-Length; not for 204
  bool chunked = false;
  bool keep_alive = false;
};

// What the server decides itself (framing, Connection, Date, Server) is left out of `response.headers` when it is
// there.
std::string response_head(const Response& response, const ResponseFraming& framing, const std::string& request_id,
                          core::Timestamp now);

// Whether a response of that status has a body at all (RFC 9110, section 6.4.1).
bool status_allows_body(int status);

}  // namespace kith::daemon
