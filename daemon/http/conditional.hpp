#pragma once
// Conditional requests (RFC 9110, section 13) and Range put together: which part of which representation to send.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/http/message.hpp"
#include "daemon/http/range.hpp"

namespace kith::daemon {

// Whether `field_value`, the value of If-Match or If-None-Match, names `etag` (quotes included). Strong comparison
// never matches a weak tag; weak comparison looks at the opaque part only.
bool etag_listed_strong(std::string_view field_value, std::string_view etag);
bool etag_listed_weak(std::string_view field_value, std::string_view etag);

// What is there to send. `etag` with its quotes, e.g. "\"abc\""; empty: none.
struct Representation {
  std::uint64_t size = 0;
  std::string etag;
  std::optional<core::Timestamp> last_modified;
};

// Evaluates If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since, Range and If-Range in the RFC's order.
// Returns 200, 206, 304, 412 or 416 with ETag, Last-Modified, Accept-Ranges and Content-Range as they must be; for 200
// and 206 `body` is asked for the bytes of the range (also for HEAD, where the server sends only its length). The
// caller adds Content-Type and the rest. Only for GET and HEAD.
Response conditional_response(
    const Request& request, const Representation& representation,
    const std::function<std::variant<std::string, FileSlice, StreamedBody>(const ByteRange&)>& body);

}  // namespace kith::daemon
