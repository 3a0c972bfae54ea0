// One's API tokens. They are made by people who are logged in, never by another token.
#include <nlohmann/json.hpp>

#include "daemon/api/endpoint.hpp"
#include "daemon/api/live_listeners.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::size_t kMaxBody = 4096;
constexpr std::size_t kMostScopes = 16;  // more than there are: a name may stand twice
constexpr std::size_t kMaxScopeName = 32;

Json api_token_json(const accounts::ApiToken& token) {
  return {{"id", token.id.text()},
          {"name", token.name},
          {"scopes", token.scopes.names()},
          {"created_at", core::format_timestamp(token.created_at)},
          {"expires_at", core::format_timestamp(token.expires_at)},
          {"last_used_at", token.last_used_at ? Json(core::format_timestamp(*token.last_used_at)) : Json()},
          {"last_client", token.last_client ? Json(*token.last_client) : Json()}};
}

Expected<accounts::Scopes> scopes_in(const Json& body) {
  KITH_TRY_ASSIGN(names, core::required_text_list(body, "scopes", kMostScopes, kMaxScopeName));
  accounts::Scopes scopes;
  for (const auto& name : names) {
    const auto scope = accounts::scope_from_name(name);
    if (!scope) return fail(ErrorCode::bad_request, "there is no scope \"" + name + "\"");
    scopes.add(*scope);
  }
  return scopes;
}

Expected<Response> list(const Call& call) {
  KITH_TRY_ASSIGN(tokens, call.services.accounts.api_tokens().list(call.user()));
  Json items = Json::array();
  for (const auto& token : tokens) items.push_back(api_token_json(token));
  return Response::json(200, list_text(std::move(items), std::nullopt));
}

Expected<Response> create(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
  KITH_TRY(core::only_fields(body, {"name", "scopes", "expires_in"}));
  accounts::NewApiToken wanted;
  KITH_TRY_ASSIGN(name, core::required_text(body, "name", accounts::kMaxApiTokenName));
  KITH_TRY_ASSIGN(scopes, scopes_in(body));
  KITH_TRY_ASSIGN(expires_in, core::optional_integer(body, "expires_in", accounts::kShortestApiTokenLife.count(),
                                                     accounts::kLongestApiTokenLife.count()));
  wanted.name = std::move(name);
  wanted.scopes = scopes;
  if (expires_in) wanted.lifetime = std::chrono::seconds(*expires_in);
  KITH_TRY_ASSIGN(made, call.services.accounts.api_tokens().make(*call.who, wanted, call.client()));
  auto shown = api_token_json(made.token);
  shown["token"] = made.text;
  auto response = Response::json(201, core::to_json_text(shown));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Expected<Response> remove(const Call& call) {
  const auto id = accounts::ApiTokenId::parse(call.request.path_value("id"));
  if (!id) return fail(ErrorCode::not_found, "no such API token");
  KITH_TRY(call.services.accounts.api_tokens().remove(call.user(), *id, call.client()));
  call.services.live_listeners.check(call.user());
  return Response::empty(204);
}

}  // namespace

void add_api_token_routes(Router& router, const Services& services) {
  const std::string all = "/api/users/me/api-tokens";
  const auto add = [&](Method method, std::string pattern, std::size_t max_body, Endpoint run) {
    add_endpoint(router, services,
                 {.method = method, .pattern = std::move(pattern), .max_body = max_body, .run = std::move(run)});
  };
  add(Method::get, all, 0, list);
  add(Method::post, all, kMaxBody, create);
  add(Method::delete_, all + "/{id}", 0, remove);
}

}  // namespace kith::daemon
