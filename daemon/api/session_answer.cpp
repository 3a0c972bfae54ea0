#include "daemon/api/session_answer.hpp"

#include <nlohmann/json.hpp>

#include "daemon/api/csrf.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/session_cookie.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

SessionCookie cookie_of(const Call& call) {
  return {call.services.identity.public_key(), call.services.config.web.url, call.request};
}

Response answer(int status, const Call& call, const accounts::User& user, std::string_view token,
                core::Timestamp expires_at) {
  auto response = Response::json(status, core::to_json_text({{"user", user_json(user, call.services.identity.domain())},
                                                             {"csrf", csrf_value(token)},
                                                             {"expires_at", core::format_timestamp(expires_at)}}));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

Response session_opened(const Call& call, const accounts::IssuedToken& token) {
  auto response = answer(201, call, token.user, token.token, token.expires_at);
  const auto life = std::chrono::duration_cast<std::chrono::seconds>(token.expires_at - call.services.clock.now());
  response.headers.set("Set-Cookie", cookie_of(call).holding(token.token, life));
  return response;
}

core::Expected<Response> session_shown(const Call& call) {
  KITH_TRY_ASSIGN(token, presented_token(call.services, call.request));
  KITH_TRY_ASSIGN(user, call.services.accounts.users().by_id(call.user()));
  return answer(200, call, user, token.text, call.who->expires_at);
}

Response session_closed(const Call& call) {
  auto response = Response::empty(204);
  response.headers.set("Cache-Control", "no-store");
  const auto token = presented_token(call.services, call.request);
  if (token && token->in_cookie) response.headers.set("Set-Cookie", cookie_of(call).expired());
  return response;
}

}  // namespace kith::daemon
