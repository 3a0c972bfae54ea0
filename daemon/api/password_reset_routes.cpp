// Forgotten passwords.
#include <nlohmann/json.hpp>

#include "daemon/api/endpoint.hpp"
#include "daemon/api/event_hub.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/strangers_body.hpp"

namespace kith::daemon {
namespace {

using core::Expected;

Expected<Response> ask(const Call& call) {
  KITH_TRY_ASSIGN(body, strangers_body(call.request, {"email"}));
  KITH_TRY_ASSIGN(email, core::required_text(body, "email", kMaxStrangersText));
  KITH_TRY(call.services.accounts.entrance().ask_for_reset(email, call.client()));
  return Response::empty(202);
}

Expected<Response> redeem(const Call& call) {
  KITH_TRY_ASSIGN(body, strangers_body(call.request, {"token", "password"}));
  KITH_TRY_ASSIGN(token, core::required_text(body, "token", kMaxStrangersText));
  KITH_TRY_ASSIGN(password, core::required_text(body, "password", accounts::kMaxPasswordBytes));
  KITH_TRY_ASSIGN(user, call.services.accounts.entrance().reset_password(token, password, call.client()));
  call.services.events.check(user);  // open pages of log-ins that have ended
  return Response::empty(204);
}

}  // namespace

void add_password_reset_routes(Router& router, const Services& services) {
  const auto add = [&](const char* pattern, Endpoint run) {
    add_endpoint(router, services,
                 {.method = Method::post, .pattern = pattern, .max_body = kMaxStrangersBody, .run = std::move(run)});
  };
  add("/api/password-resets", ask);
  add("/api/password-resets/redeem", redeem);
}

}  // namespace kith::daemon
