#pragma once
// The request target (RFC 9112, section 3.2; RFC 3986): origin form, absolute form of this very host, and "*".

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

struct Target {
  std::string path;    // percent-encoded, slashes collapsed; "*" for the asterisk form
  Parameters query;    // decoded
  std::string origin;  // origin form of what came
};

// `host` is the checked Host field in lower case. bad_request for fragments, dot segments (encoded ones too), NUL,
// broken escapes, what is not UTF-8 when decoded, and an absolute form naming another host.
[[nodiscard]] core::Expected<Target> parse_target(std::string_view target, std::string_view host);

// Host of a Host field or an authority, in lower case: a DNS name, IPv4 address or [IPv6], and maybe a port.
[[nodiscard]] core::Expected<std::string> parse_host(std::string_view text);

}  // namespace kith::daemon
