// Sessions of browsers: logging in with a cookie, by password or one-time link, and making the first admin.
#include <nlohmann/json.hpp>

#include "accounts/mail/mail_queue.hpp"
#include "accounts/password_service.hpp"
#include "core/json.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/session_answer.hpp"
#include "daemon/api/strangers_body.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;
using core::Json;

Expected<Response> log_in(const Call& call) {
  KITH_TRY_ASSIGN(body, strangers_body(call.request, {"email", "password", "code", "link"}));
  auto& accounts = call.services.accounts;
  KITH_TRY_ASSIGN(link, core::optional_text(body, "link", kMaxStrangersText));
  if (link) {
    if (body.size() != 1)
      return fail(ErrorCode::bad_request, "Log in with a link, or with e-mail address and password.");
    KITH_TRY_ASSIGN(token, accounts.redeem_link(*link, call.client()));
    return session_opened(call, token);
  }
  KITH_TRY_ASSIGN(email, core::required_text(body, "email", kMaxStrangersText));
  KITH_TRY_ASSIGN(password, core::required_text(body, "password", accounts::kMaxPasswordBytes));
  KITH_TRY_ASSIGN(code, core::optional_text(body, "code", kMaxStrangersText));
  KITH_TRY_ASSIGN(token, accounts.tokens().log_in(email, password, call.client(), code));
  return session_opened(call, token);
}

Expected<Response> renew(const Call& call) {
  KITH_TRY_ASSIGN(old, presented_token(call.services, call.request));
  KITH_TRY_ASSIGN(token, call.services.accounts.tokens().renew(old.text, call.client()));
  return session_opened(call, token);
}

Expected<Response> log_out(const Call& call) {
  KITH_TRY(call.services.accounts.tokens().log_out(*call.who, call.client()));
  return session_closed(call);
}

// What the page shows before anybody has logged in.
Expected<Response> welcome(const Call& call) {
  const auto& identity = call.services.identity;
  KITH_TRY_ASSIGN(has_admin, call.services.accounts.registry().has_admin());
  const Json told = {
      {"name", identity.name()},
      {"domain", identity.domain()},
      {"version", KITH_VERSION},
      {"set_up_needed", !has_admin},
      {"registration", accounts::registration_mode_name(call.services.accounts.entrance().who_may_register())},
      {"sends_mail", call.services.mails.to_mail_server()}};
  auto response = Response::json(200, core::to_json_text(told));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Expected<Response> set_up(const Call& call) {
  KITH_TRY_ASSIGN(body,
                  strangers_body(call.request, {"token", "email", "password", "handle", "first_name", "last_name"}));
  KITH_TRY_ASSIGN(link, core::required_text(body, "token", kMaxStrangersText));
  KITH_TRY_ASSIGN(password, core::required_text(body, "password", accounts::kMaxPasswordBytes));
  KITH_TRY_ASSIGN(email, core::required_text(body, "email", kMaxStrangersText));
  KITH_TRY_ASSIGN(handle, core::optional_text(body, "handle", kMaxStrangersText));
  KITH_TRY_ASSIGN(first_name, core::optional_text(body, "first_name", kMaxStrangersText));
  KITH_TRY_ASSIGN(last_name, core::optional_text(body, "last_name", kMaxStrangersText));
  accounts::NewLocalUser user;
  user.email = email;
  user.password = password;
  user.handle = handle;
  user.first_name = first_name.value_or("");
  user.last_name = last_name.value_or("");
  KITH_TRY_ASSIGN(token, call.services.accounts.set_up(link, user, call.client()));
  return session_opened(call, token);
}

}  // namespace

void add_session_routes(Router& router, const Services& services) {
  const auto add = [&](Method method, const char* pattern, std::size_t max_body, Endpoint run) {
    add_endpoint(router, services, {.method = method, .pattern = pattern, .max_body = max_body, .run = std::move(run)});
  };
  add(Method::post, "/api/session", kMaxStrangersBody, log_in);
  add(Method::get, "/api/session", 0, session_shown);
  add(Method::post, "/api/session/renew", 0, renew);
  add(Method::delete_, "/api/session", 0, log_out);
  add(Method::get, "/api/welcome", 0, welcome);
  add(Method::post, "/api/set-up", kMaxStrangersBody, set_up);
}

}  // namespace kith::daemon
