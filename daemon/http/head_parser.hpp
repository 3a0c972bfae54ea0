#pragma once
// The head of a request (RFC 9112, sections 2 to 6), read strictly: whatever two servers could read differently is
// refused, because that is how requests are smuggled. Pure functions.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "daemon/http/limits.hpp"
#include "daemon/http/message.hpp"
#include "daemon/http/target.hpp"

namespace kith::daemon {

struct RequestHead {
  std::string method;  // a token; may be one this server doesn't know
  Target target;
  Headers headers;
  std::string host;  // checked, lower case; empty only with HTTP/1.0
  bool http10 = false;
  bool keep_alive = false;
  bool expects_continue = false;
  bool chunked = false;
  std::optional<std::uint64_t> content_length;

  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

// Looks for the end of a head in bytes as they come. Bare CR, bare LF and NUL are found at once, so that nobody waits
// for an end that will not come.
class HeadScanner {
 public:
  enum class Result : std::uint8_t { more, complete, bad };
  // `bytes` is all that was collected; only what is new since the last call is looked at.
  Result scan(std::string_view bytes);
  // With complete: the size of the head, the empty line included.
  std::size_t end() const { return position_; }
  // Whether the request line is complete: tells a target too long from fields too large.
  bool past_request_line() const { return past_request_line_; }
  void reset() { *this = {}; }

 private:
  std::size_t position_ = 0;
  std::size_t line_start_ = 0;
  bool past_request_line_ = false;
};

// `head` as HeadScanner found it. Errors: bad_request, target_too_long, head_too_large.
[[nodiscard]] core::Expected<RequestHead> parse_head(std::string_view head, const HttpLimits& limits);

}  // namespace kith::daemon
