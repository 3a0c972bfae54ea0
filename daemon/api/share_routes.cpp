// Exposing assets to one person, here or elsewhere, and taking that back.
#include <nlohmann/json.hpp>

#include "daemon/api/endpoint.hpp"
#include "daemon/api/people.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "federation/address.hpp"
#include "federation/net/instance_identity.hpp"
#include "federation/service/connections.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::size_t kMaxShareBody = 64 * 1024;

// The row among the users of whom the caller may share with: anybody here, or who is connected to them.
Expected<core::UserId> viewer_of(const Call& call, const std::string& with) {
  KITH_TRY_ASSIGN(person, find_person(call.services, with));
  if (const auto* local = std::get_if<LocalPerson>(&person)) {
    if (local->id == call.user()) return fail(ErrorCode::bad_request, "these are your own already");
    return local->id;
  }
  KITH_TRY_ASSIGN(address, federation::Address::parse(std::get<RemotePerson>(person).address));
  KITH_TRY_ASSIGN(connection, call.services.connections.find_active(call.user(), address));
  if (!connection) {
    return fail(ErrorCode::not_found, "You have no connection with " + address.text() + ": ask for one first.");
  }
  return connection->peer_user;
}

Expected<std::vector<core::AssetId>> asset_ids_of(const Json& body) {
  KITH_TRY_ASSIGN(texts, core::required_text_list(body, "asset_ids", assets::kMaxAssetsPerShareCall, 64));
  if (texts.empty()) return fail(ErrorCode::bad_request, "asset_ids must name at least one asset");
  std::vector<core::AssetId> ids;
  for (const auto& text : texts) {
    auto id = core::AssetId::parse(text);
    if (!id) return fail(ErrorCode::not_found, "There is no asset \"" + text + "\".");
    ids.push_back(std::move(*id));
  }
  return ids;
}

Expected<Response> create_share(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body, {.max_bytes = kMaxShareBody}));
  KITH_TRY(core::only_fields(body, {"asset_ids", "with", "expires_at"}));
  KITH_TRY_ASSIGN(ids, asset_ids_of(body));
  KITH_TRY_ASSIGN(with, core::required_text(body, "with", 512));
  KITH_TRY_ASSIGN(expires_at, core::optional_timestamp(body, "expires_at"));
  if (expires_at && *expires_at <= call.services.clock.now()) {
    return fail(ErrorCode::bad_request, "expires_at must lie ahead");
  }
  KITH_TRY_ASSIGN(viewer, viewer_of(call, with));
  KITH_TRY_ASSIGN(shares, call.services.assets.shares().share(call.user(), viewer, ids, expires_at));
  Names names(call.services.accounts.users(), call.services.identity.domain());
  Json items = Json::array();
  for (const auto& share : shares) items.push_back(share_json(share, names));
  return Response::json(201, list_text(std::move(items), std::nullopt));
}

Expected<Response> list_shares(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  KITH_TRY_ASSIGN(shares, call.services.assets.shares().list_by(call.user(), {page.cursor.value_or(""), page.limit}));
  Names names(call.services.accounts.users(), call.services.identity.domain());
  Json items = Json::array();
  for (const auto& share : shares.items) items.push_back(share_json(share, names));
  return Response::json(200, list_text(std::move(items), shares.next));
}

Expected<core::ShareId> share_id(const Call& call) {
  const auto id = core::ShareId::parse(call.request.path_value("id"));
  if (!id) return fail(ErrorCode::not_found);
  return *id;
}

Expected<Response> get_share(const Call& call) {
  KITH_TRY_ASSIGN(id, share_id(call));
  KITH_TRY_ASSIGN(share, call.services.assets.shares().find(call.user(), id));
  Names names(call.services.accounts.users(), call.services.identity.domain());
  return Response::json(200, core::to_json_text(share_json(share, names)));
}

Expected<Response> delete_share(const Call& call) {
  KITH_TRY_ASSIGN(id, share_id(call));
  KITH_TRY(call.services.assets.shares().withdraw(call.user(), id));
  return Response::empty(204);
}

}  // namespace

void add_share_routes(Router& router, const Services& services) {
  add_endpoint(router, services,
               {.method = Method::post,
                .pattern = "/api/shares",
                .max_body = kMaxShareBody,
                .run = create_share,
                .takes_idempotency_key = true});
  add_endpoint(router, services,
               {.method = Method::get, .pattern = "/api/shares", .query = {"cursor", "limit"}, .run = list_shares});
  add_endpoint(router, services, {.method = Method::get, .pattern = "/api/shares/{id}", .run = get_share});
  add_endpoint(router, services, {.method = Method::delete_, .pattern = "/api/shares/{id}", .run = delete_share});
}

}  // namespace kith::daemon
