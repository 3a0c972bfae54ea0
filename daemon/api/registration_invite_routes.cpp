// Invites to register, for admins.
#include <nlohmann/json.hpp>

#include "daemon/api/endpoint.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::size_t kMaxBody = 4096;

Json invite_shown(const accounts::RegistrationInvite& invite) {
  return {{"id", invite.id.text()},
          {"note", invite.note},
          {"made_by", invite.made_by},
          {"created_at", core::format_timestamp(invite.created_at)},
          {"expires_at", core::format_timestamp(invite.expires_at)}};
}

accounts::Actor admin_of(const Call& call) {
  return {call.user().text(), call.request.client};
}

Expected<Response> list(const Call& call) {
  KITH_TRY_ASSIGN(invites, call.services.accounts.entrance().invites().list());
  Json items = Json::array();
  for (const auto& invite : invites) items.push_back(invite_shown(invite));
  return Response::json(200, list_text(std::move(items), std::nullopt));
}

Expected<Response> create(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body.empty() ? "{}" : call.request.body));
  KITH_TRY(core::only_fields(body, {"note", "expires_in"}));
  KITH_TRY_ASSIGN(note, core::optional_text(body, "note", accounts::kMaxInviteNote));
  KITH_TRY_ASSIGN(expires_in, core::optional_integer(body, "expires_in", accounts::kShortestRegistrationInvite.count(),
                                                     accounts::kLongestRegistrationInvite.count()));
  const auto life = expires_in ? std::chrono::seconds(*expires_in) : accounts::kUsualRegistrationInvite;
  KITH_TRY_ASSIGN(made, call.services.accounts.entrance().invites().make(note.value_or(""), life, admin_of(call)));
  auto shown = invite_shown(made.invite);
  shown["link"] = made.link;
  auto response = Response::json(201, core::to_json_text(shown));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Expected<Response> remove(const Call& call) {
  const auto id = accounts::RegistrationInviteId::parse(call.request.path_value("id"));
  if (!id) return fail(ErrorCode::not_found, "no such invite");
  KITH_TRY(call.services.accounts.entrance().invites().remove(*id, admin_of(call)));
  return Response::empty(204);
}

}  // namespace

void add_registration_invite_routes(Router& router, const Services& services) {
  const std::string all = "/api/admin/registration-invites";
  const auto add = [&](Method method, std::string pattern, std::size_t max_body, Endpoint run) {
    add_endpoint(router, services,
                 {.method = method, .pattern = std::move(pattern), .max_body = max_body, .run = std::move(run)});
  };
  add(Method::get, all, 0, list);
  add(Method::post, all, kMaxBody, create);
  add(Method::delete_, all + "/{id}", 0, remove);
}

}  // namespace kith::daemon
