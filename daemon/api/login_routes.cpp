// Where one is logged in, and the end of a log-in from elsewhere.
#include <nlohmann/json.hpp>

#include "daemon/api/endpoint.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/session_answer.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

Json log_in_json(const accounts::ListedLogIn& log_in, const accounts::LogInId& current) {
  return {{"id", log_in.row.id.text()},
          {"current", log_in.row.id == current},
          {"logged_in_at", core::format_timestamp(log_in.row.logged_in_at)},
          {"renewed_at", core::format_timestamp(log_in.row.issued_at)},
          {"expires_at", core::format_timestamp(log_in.row.expires_at)},
          {"client", log_in.client},
          {"user_agent", log_in.user_agent}};
}

Expected<Response> list(const Call& call) {
  KITH_TRY_ASSIGN(log_ins, call.services.accounts.tokens().list(call.user()));
  Json items = Json::array();
  for (const auto& log_in : log_ins) items.push_back(log_in_json(log_in, call.who->log_in));
  return Response::json(200, list_text(std::move(items), std::nullopt));
}

Expected<Response> end(const Call& call) {
  const auto id = accounts::LogInId::parse(call.request.path_value("id"));
  if (!id) return fail(ErrorCode::not_found, "no such log-in");
  KITH_TRY(call.services.accounts.tokens().end(call.user(), *id, call.client()));
  return *id == call.who->log_in ? session_closed(call) : Response::empty(204);
}

}  // namespace

void add_log_in_routes(Router& router, const Services& services) {
  const std::string all = "/api/users/me/sessions";
  add_endpoint(router, services, {.method = Method::get, .pattern = all, .run = list});
  add_endpoint(router, services, {.method = Method::delete_, .pattern = all + "/{id}", .run = end});
}

}  // namespace kith::daemon
