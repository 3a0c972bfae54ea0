#pragma once
// Links of live transfers (docs/live.md): <server>/live/l#CODE.SECRET. What stands behind the # never leaves the two
// ends but for the code, by which the server finds the offer. Pure functions.

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/secret.hpp"

namespace kith::client {

using LiveSecret = core::Secret<32, struct LiveSecretTag>;

struct LiveLink {
  std::string server;  // scheme, host, port, and the path that /live lies under, if any
  std::string code;
  LiveSecret secret;
};

// bad_request, telling what is wrong with it.
[[nodiscard]] core::Expected<LiveLink> parse_live_link(std::string_view text);
// `page` and `code` as the server gave them. peer_error when no receiver could read what comes of them.
[[nodiscard]] core::Expected<std::string> make_live_link(std::string_view page, std::string_view code,
                                                         const LiveSecret& secret);

}  // namespace kith::client
