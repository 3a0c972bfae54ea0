#pragma once
// Answers that begin or end a browser's session: the token goes into the cookie and nowhere else, so that no script on
// the page ever holds it. Thread-safe.

#include "accounts/token_service.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

// 201 {"user", "csrf", "expires_at"} with the cookie that holds `token`.
Response session_opened(const Call& call, const accounts::IssuedToken& token);
// 200 the same without a cookie, for the log-in the call came with.
[[nodiscard]] core::Expected<Response> session_shown(const Call& call);
// 204; a cookie that spoke for the call is forgotten.
Response session_closed(const Call& call);

}  // namespace kith::daemon
