// What admins see and change of accounts.
#include <nlohmann/json.hpp>

#include "accounts/own_account.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/session_links.hpp"
#include "daemon/api/user_erasure.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::size_t kMaxBody = 4 * 1024;
constexpr std::size_t kMaxText = 64;
constexpr std::chrono::hours kLinkLife{1};

Expected<Json> admin_user_json(const Services& services, const accounts::User& user) {
  KITH_TRY_ASSIGN(signs, services.accounts.users().signs(user.id));
  KITH_TRY_ASSIGN(used, services.assets.catalogue().used_bytes(user.id));
  Json out = user_json(user, services.identity.domain());
  out["used_bytes"] = used;
  out["second_factor"] = signs.second_factor;
  out["last_seen_at"] = signs.last_seen_at ? Json(core::format_timestamp(*signs.last_seen_at)) : Json(nullptr);
  return out;
}

Expected<Response> list(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  accounts::UserQuery query;
  query.limit = static_cast<std::size_t>(page.limit);
  if (page.cursor) {
    query.after = core::UserId::parse(*page.cursor);
    if (!query.after) return fail(ErrorCode::bad_request, "this cursor is not one of this list");
  }
  KITH_TRY_ASSIGN(users, call.services.accounts.users().list(query));
  Json items = Json::array();
  for (const auto& user : users.items) {
    KITH_TRY_ASSIGN(item, admin_user_json(call.services, user));
    items.push_back(std::move(item));
  }
  return Response::json(200,
                        list_text(std::move(items), users.next ? std::optional(users.next->text()) : std::nullopt));
}

// The account a request is about: one that lives here.
Expected<accounts::User> local_user(const Call& call) {
  const auto id = core::UserId::parse(call.request.path_value("id"));
  if (!id) return fail(ErrorCode::not_found, "no such user");
  KITH_TRY_ASSIGN(user, call.services.accounts.users().by_id(*id));
  if (!user.is_local)
    return fail(ErrorCode::conflict, "this user lives on another instance: block the instance, or end the connection");
  return user;
}

accounts::Actor acting_admin(const Call& call) {
  return {call.user().text(), call.client().address};
}

// States and permissions that accounts have for other reasons can't be given.
Expected<accounts::UserChange> wanted_change(const Json& body) {
  accounts::UserChange change;
  KITH_TRY_ASSIGN(state, core::optional_text(body, "state", kMaxText));
  if (state) {
    change.state = accounts::user_state_from_name(*state);
    if (!change.state || change.state == accounts::UserState::deleted)
      return fail(ErrorCode::bad_request, "state has to be \"active\" or \"suspended\"");
  }
  KITH_TRY_ASSIGN(permission, core::optional_text(body, "permission", kMaxText));
  if (permission) {
    change.permission = accounts::permission_from_name(*permission);
    if (!change.permission || change.permission == accounts::Permission::user_registration)
      return fail(ErrorCode::bad_request, "permission has to be \"none\", \"user\" or \"admin\"");
  }
  KITH_TRY_ASSIGN(quota, core::optional_integer(body, "quota_bytes", 0, std::numeric_limits<std::int64_t>::max()));
  if (quota) change.quota_bytes = static_cast<std::uint64_t>(*quota);
  return change;
}

// What somebody suspended shares is not served (assets look at the account); those who see it now hear of that.
void show_or_hide(const Services& services, const core::UserId& user, bool hide) {
  if (hide) services.assets.exchanges().cut_transfers(user);
  if (const auto told = services.assets.tell_viewers(user, hide); !told) {
    services.log.warning("viewers were not told of a suspension", {{"detail", told.error().detail}});
  }
}

Expected<Response> change_user(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
  KITH_TRY(core::only_fields(body, {"state", "permission", "quota_bytes"}));
  KITH_TRY_ASSIGN(change, wanted_change(body));
  KITH_TRY_ASSIGN(user, local_user(call));
  KITH_TRY(call.services.accounts.registry().change(user.id, change, acting_admin(call)));
  call.services.accounts.tokens().log_ins_ended(user.id);
  if (change.state && *change.state != user.state) {
    show_or_hide(call.services, user.id, *change.state == accounts::UserState::suspended);
  }
  KITH_TRY_ASSIGN(changed, call.services.accounts.users().by_id(user.id));
  KITH_TRY_ASSIGN(out, admin_user_json(call.services, changed));
  return Response::json(200, core::to_json_text(out));
}

Expected<Response> delete_user(const Call& call) {
  KITH_TRY_ASSIGN(user, local_user(call));
  KITH_TRY(call.services.accounts.own_account().remove_other(user.id, acting_admin(call)));
  call.services.accounts.tokens().log_ins_ended(user.id);
  call.services.user_erasure.begin();
  return Response::empty(204);
}

Expected<Response> reset_second_factor(const Call& call) {
  KITH_TRY_ASSIGN(user, local_user(call));
  KITH_TRY(call.services.accounts.second_factors().end_by_admin(user.id, acting_admin(call)));
  call.services.accounts.tokens().log_ins_ended(user.id);
  return Response::empty(204);
}

Expected<Response> make_log_in_link(const Call& call) {
  KITH_TRY_ASSIGN(user, local_user(call));
  KITH_TRY_ASSIGN(link, call.services.accounts.links().make(user.id, kLinkLife, acting_admin(call)));
  auto response =
      Response::json(201, core::to_json_text({{"link", log_in_link(call.services.config.web.url, link.token)},
                                              {"expires_at", core::format_timestamp(link.expires_at)}}));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

void add_admin_user_routes(Router& router, const Services& services) {
  const std::string all = "/api/admin/users", one = all + "/{id}";
  const auto add = [&](EndpointSpec spec) { add_endpoint(router, services, std::move(spec)); };
  add({.method = Method::get, .pattern = all, .query = {"cursor", "limit"}, .run = list});
  add({.method = Method::patch, .pattern = one, .max_body = kMaxBody, .run = change_user});
  add({.method = Method::delete_, .pattern = one, .run = delete_user});
  add({.method = Method::delete_, .pattern = one + "/second-factor", .run = reset_second_factor});
  add({.method = Method::post, .pattern = one + "/log-in-link", .run = make_log_in_link});
}

}  // namespace kith::daemon
