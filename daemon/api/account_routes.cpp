// Logging in and out with tokens.
#include <nlohmann/json.hpp>

#include "accounts/authorization.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/session_answer.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

Response token_response(const Call& call, const accounts::IssuedToken& token) {
  auto response = Response::json(201, core::to_json_text(token_json(token, call.services.identity.domain())));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Expected<Response> log_in(const Call& call) {
  const auto field = call.request.headers.get("Authorization");
  auto credentials =
      field && call.request.headers.count("Authorization") == 1 ? accounts::parse_basic(*field) : std::nullopt;
  if (!credentials) {
    return fail(ErrorCode::unauthorized, "Log in with `Authorization: Basic`, e-mail address and password.");
  }
  if (call.request.headers.count("X-Kith-Code") > 1)
    return fail(ErrorCode::bad_request, "Send one X-Kith-Code: a code of the second factor, or a recovery code.");
  KITH_TRY_ASSIGN(token,
                  call.services.accounts.tokens().log_in(credentials->email, credentials->password, call.client(),
                                                         call.request.headers.get("X-Kith-Code")));
  return token_response(call, token);
}

Expected<Response> verify_token(const Call& call) {
  return Response::json(200, core::to_json_text({{"user_id", call.user().text()},
                                                 {"permission", accounts::permission_name(call.who->permission)},
                                                 {"expires_at", core::format_timestamp(call.who->expires_at)}}));
}

Expected<Response> renew_token(const Call& call) {
  KITH_TRY_ASSIGN(old, presented_token(call.services, call.request));
  KITH_TRY_ASSIGN(token, call.services.accounts.tokens().renew(old.text, call.client()));
  return old.in_cookie ? session_opened(call, token) : token_response(call, token);
}

// Whoever asks ends what they ask with: a log-in, or an API token whatever its scopes.
Expected<Response> log_out(const Call& call) {
  if (call.who->api_token) {
    KITH_TRY(call.services.accounts.api_tokens().remove(call.user(), *call.who->api_token, call.client()));
    return Response::empty(204);
  }
  KITH_TRY(call.services.accounts.tokens().log_out(*call.who, call.client()));
  return session_closed(call);
}

Expected<Response> log_out_everywhere(const Call& call) {
  KITH_TRY(call.services.accounts.tokens().log_out_everywhere(call.user(), call.client()));
  return session_closed(call);
}

}  // namespace

void add_account_routes(Router& router, const Services& services) {
  const auto add = [&](Method method, const char* pattern, Endpoint run) {
    add_endpoint(router, services, {.method = method, .pattern = pattern, .run = std::move(run)});
  };
  add(Method::post, "/api/tokens", log_in);
  add(Method::post, "/api/tokens/verify", verify_token);
  add(Method::post, "/api/tokens/renew", renew_token);
  add(Method::delete_, "/api/tokens/current", log_out);
  add(Method::delete_, "/api/tokens", log_out_everywhere);
}

}  // namespace kith::daemon
