// Sessions of browsers: logging in with a cookie, by password or one-time link, and making the first admin.
#include <nlohmann/json.hpp>

#include "accounts/password_service.hpp"
#include "core/encoding.hpp"
#include "core/json.hpp"
#include "daemon/api/csrf.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/session_answer.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;
using core::Json;

constexpr std::size_t kMaxBody = 16 * 1024;  // a password of 1,024 bytes, each of them escaped, with room
constexpr std::size_t kMaxText = 1024;       // of other fields; what they are for bounds them further

// A form of another site can send other types without being asked (Fetch, "CORS-safelisted request-header"), and so log
// somebody in as somebody else.
Expected<void> require_json(const Request& request) {
  const auto type = request.headers.get("Content-Type").value_or("");
  auto essence = type.substr(0, type.find(';'));
  while (essence.ends_with(' ') || essence.ends_with('\t')) essence.remove_suffix(1);
  const bool one = request.headers.count("Content-Type") == 1;
  if (one && core::equal_ignoring_case(essence, "application/json")) return {};
  return fail(ErrorCode::unsupported_media_type, "Send JSON, with Content-Type: application/json.");
}

// The body of a call that anyone may make and that logs in.
Expected<Json> log_in_body(const Request& request, std::initializer_list<std::string_view> fields) {
  KITH_TRY(refuse_cross_site(request));
  KITH_TRY(require_json(request));
  KITH_TRY_ASSIGN(body, core::parse_json_object(request.body));
  KITH_TRY(core::only_fields(body, fields));
  return body;
}

Expected<Response> log_in(const Call& call) {
  KITH_TRY_ASSIGN(body, log_in_body(call.request, {"email", "password", "code", "link"}));
  auto& accounts = call.services.accounts;
  KITH_TRY_ASSIGN(link, core::optional_text(body, "link", kMaxText));
  if (link) {
    if (body.size() != 1)
      return fail(ErrorCode::bad_request, "Log in with a link, or with e-mail address and password.");
    KITH_TRY_ASSIGN(token, accounts.redeem_link(*link, call.client()));
    return session_opened(call, token);
  }
  KITH_TRY_ASSIGN(email, core::required_text(body, "email", kMaxText));
  KITH_TRY_ASSIGN(password, core::required_text(body, "password", accounts::kMaxPasswordBytes));
  KITH_TRY_ASSIGN(code, core::optional_text(body, "code", kMaxText));
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
  const auto& config = call.services.config;
  const Json told = {{"name", identity.name()},
                     {"domain", identity.domain()},
                     {"version", KITH_VERSION},
                     {"set_up_needed", !has_admin},
                     {"registration", config.accounts.registration},
                     {"sends_mail", !config.mail.smtp_url.empty()}};
  auto response = Response::json(200, core::to_json_text(told));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Expected<Response> set_up(const Call& call) {
  KITH_TRY_ASSIGN(body, log_in_body(call.request, {"token", "email", "password", "handle", "first_name", "last_name"}));
  KITH_TRY_ASSIGN(link, core::required_text(body, "token", kMaxText));
  KITH_TRY_ASSIGN(password, core::required_text(body, "password", accounts::kMaxPasswordBytes));
  KITH_TRY_ASSIGN(email, core::required_text(body, "email", kMaxText));
  KITH_TRY_ASSIGN(handle, core::optional_text(body, "handle", kMaxText));
  KITH_TRY_ASSIGN(first_name, core::optional_text(body, "first_name", kMaxText));
  KITH_TRY_ASSIGN(last_name, core::optional_text(body, "last_name", kMaxText));
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
  add(Method::post, "/api/session", kMaxBody, log_in);
  add(Method::get, "/api/session", 0, session_shown);
  add(Method::post, "/api/session/renew", 0, renew);
  add(Method::delete_, "/api/session", 0, log_out);
  add(Method::get, "/api/welcome", 0, welcome);
  add(Method::post, "/api/set-up", kMaxBody, set_up);
}

}  // namespace kith::daemon
