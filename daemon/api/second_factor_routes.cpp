// One's second factor, and the secret that signs everybody's tokens.
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/routes.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using core::Expected;
using core::Json;

constexpr std::size_t kMaxBody = 16 * 1024;  // a password of 1,024 bytes, each of them escaped, with room
constexpr std::size_t kMaxCode = 64;

Response shown_once(int status, const Json& body) {
  auto response = Response::json(status, core::to_json_text(body));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

// The body {"current_password": …}.
Expected<std::string> current_password(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
  KITH_TRY(core::only_fields(body, {"current_password"}));
  return core::required_text(body, "current_password", accounts::kMaxPasswordBytes);
}

Expected<Response> get_second_factor(const Call& call) {
  KITH_TRY_ASSIGN(status, call.services.accounts.second_factors().status(call.user()));
  Json out = {{"enabled", status.confirmed_at.has_value()},
              {"recovery_codes_left", status.recovery_codes_left},
              {"confirmed_at", nullptr}};
  if (status.confirmed_at) out["confirmed_at"] = core::format_timestamp(*status.confirmed_at);
  return Response::json(200, core::to_json_text(out));
}

Expected<Response> begin_second_factor(const Call& call) {
  KITH_TRY_ASSIGN(password, current_password(call));
  KITH_TRY_ASSIGN(secret, call.services.accounts.second_factors().begin(call.user(), password,
                                                                        call.services.identity.name(), call.client()));
  return shown_once(201, {{"secret", secret.text}, {"uri", secret.uri}});
}

Expected<Response> confirm_second_factor(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
  KITH_TRY(core::only_fields(body, {"code"}));
  KITH_TRY_ASSIGN(code, core::required_text(body, "code", kMaxCode));
  KITH_TRY_ASSIGN(codes, call.services.accounts.confirm_second_factor(*call.who, code, call.client()));
  return shown_once(200, {{"recovery_codes", codes}});
}

Expected<Response> end_second_factor(const Call& call) {
  KITH_TRY_ASSIGN(password, current_password(call));
  KITH_TRY(call.services.accounts.second_factors().end(call.user(), password, call.client()));
  return Response::empty(204);
}

Expected<Response> create_recovery_codes(const Call& call) {
  KITH_TRY_ASSIGN(password, current_password(call));
  KITH_TRY_ASSIGN(codes,
                  call.services.accounts.second_factors().new_recovery_codes(call.user(), password, call.client()));
  return shown_once(200, {{"recovery_codes", codes}});
}

Expected<Response> rotate_secrets(const Call& call) {
  KITH_TRY(call.services.accounts.rotate_secrets({call.user().text(), call.client().address}));
  return Response::empty(204);
}

}  // namespace

void add_second_factor_routes(Router& router, const Services& services) {
  const auto add = [&](Method method, const char* pattern, std::size_t max_body, Endpoint run) {
    add_endpoint(router, services, {.method = method, .pattern = pattern, .max_body = max_body, .run = std::move(run)});
  };
  add(Method::get, "/api/users/me/second-factor", 0, get_second_factor);
  add(Method::post, "/api/users/me/second-factor", kMaxBody, begin_second_factor);
  add(Method::delete_, "/api/users/me/second-factor", kMaxBody, end_second_factor);
  add(Method::post, "/api/users/me/second-factor/confirm", kMaxBody, confirm_second_factor);
  add(Method::post, "/api/users/me/recovery-codes", kMaxBody, create_recovery_codes);
  add(Method::post, "/api/admin/secrets/rotate", 0, rotate_secrets);
}

}  // namespace kith::daemon
