// Exposing assets to one person, here or elsewhere, and taking that back.
#include <nlohmann/json.hpp>

#include "daemon/api/acts.hpp"
#include "daemon/api/asset_ids.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/wanted_share.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::size_t kMaxShareBody = 64 * 1024;

Expected<Response> create_share(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body, {.max_bytes = kMaxShareBody}));
  KITH_TRY(core::only_fields(body, {"asset_ids", "with", "expires_at", "strip"}));
  KITH_TRY_ASSIGN(ids, asset_ids_of(body, assets::kMaxAssetsPerShareCall));
  KITH_TRY_ASSIGN(wanted, wanted_share(call, body));
  KITH_TRY_ASSIGN(shares, call.services.assets.shares().share(call.user(), wanted.viewer, ids, wanted.terms));
  Names names(call.services.accounts.users(), call.services.identity.domain());
  Json items = Json::array();
  for (const auto& share : shares) items.push_back(share_json(share, names));
  note_act(call, "shared", wanted.viewer.text(),
           std::to_string(shares.size()) + " with " + names.address(wanted.viewer));
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
  note_act(call, "share_withdrawn", id.text());
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
