#pragma once
// What keeps other sites from acting through a browser that is logged in here. A cookie goes along with whatever page
// made the request; the value of X-Kith-CSRF only our own page can read. Pure, thread-safe.

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

// What X-Kith-CSRF has to say beside a cookie with `token`: base64url(HMAC-SHA-256(token, "kith csrf")). It is nowhere
// stored, ends with the token, and tells nothing of it.
std::string csrf_value(std::string_view token);

// For a request that its cookie with `token` speaks for. Error csrf: another site made it, or it would change something
// (any method but GET, HEAD and OPTIONS) and has not exactly the right X-Kith-CSRF.
[[nodiscard]] core::Expected<void> check_csrf(const Request& request, std::string_view token);

// For requests that set a cookie but come with none. Error csrf when the browser says that another site made it (Fetch
// Metadata, Sec-Fetch-Site).
[[nodiscard]] core::Expected<void> refuse_cross_site(const Request& request);

}  // namespace kith::daemon
