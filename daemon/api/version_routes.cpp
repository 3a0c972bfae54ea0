// Older versions of one's own assets.
#include <charconv>

#include <nlohmann/json.hpp>

#include "daemon/api/content.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::int64_t kMaxVersion = 1ll << 53;  // what JSON numbers hold everywhere

Expected<core::AssetId> asset_id(const Call& call) {
  const auto id = core::AssetId::parse(call.request.path_value("id"));
  if (!id) return fail(ErrorCode::not_found);
  return *id;
}

Expected<std::int64_t> version_number(const Call& call) {
  const auto text = call.request.path_value("number");
  std::int64_t number = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || stop != text.data() + text.size() || number < 1) return fail(ErrorCode::not_found);
  return number;
}

Json version_json(const assets::AssetVersion& version) {
  const auto time = [](const std::optional<core::Timestamp>& at) {
    return at ? Json(core::format_timestamp(*at)) : Json(nullptr);
  };
  return {{"number", version.number},
          {"size", version.size},
          {"digest", core::digest_text(version.digest)},
          {"media_type", version.media_type},
          {"created_at", core::format_timestamp(version.created_at)},
          {"superseded_at", time(version.superseded_at)},
          {"current", version.is_current()},
          {"kept_until", time(version.kept_until())}};
}

Expected<Response> list_versions(const Call& call) {
  KITH_TRY_ASSIGN(id, asset_id(call));
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  KITH_TRY_ASSIGN(found, call.services.assets.versions().list(call.user(), id, {page.cursor.value_or(""), page.limit}));
  Json items = Json::array();
  for (const auto& version : found.items) items.push_back(version_json(version));
  return Response::json(200, list_text(std::move(items), found.next));
}

Expected<Response> get_version_content(const Call& call) {
  KITH_TRY_ASSIGN(id, asset_id(call));
  KITH_TRY_ASSIGN(number, version_number(call));
  KITH_TRY_ASSIGN(content, call.services.assets.versions().open(call.user(), id, number));
  return content_response(call.request, content, false);
}

Expected<Response> restore_version(const Call& call) {
  KITH_TRY_ASSIGN(id, asset_id(call));
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
  KITH_TRY(core::only_fields(body, {"version"}));
  KITH_TRY_ASSIGN(number, core::required_integer(body, "version", 1, kMaxVersion));
  KITH_TRY_ASSIGN(asset, call.services.assets.versions().restore(call.user(), id, number));
  KITH_TRY_ASSIGN(shares, call.services.assets.shares().shares_of(call.user(), std::span(&asset.id, 1)));
  Names names(call.services.accounts.users(), call.services.identity.domain());
  return Response::json(200, core::to_json_text(asset_json(asset, names, shares)));
}

}  // namespace

void add_version_routes(Router& router, const Services& services) {
  add_endpoint(router, services,
               {.method = Method::get,
                .pattern = "/api/assets/{id}/versions",
                .query = {"cursor", "limit"},
                .run = list_versions});
  add_endpoint(
      router, services,
      {.method = Method::get, .pattern = "/api/assets/{id}/versions/{number}/content", .run = get_version_content});
  // Under two names: beside the asset, and beside its versions.
  for (const auto* pattern : {"/api/assets/{id}/restore", "/api/assets/{id}/versions/restore"}) {
    add_endpoint(router, services,
                 {.method = Method::post, .pattern = pattern, .max_body = 4096, .run = restore_version});
  }
}

}  // namespace kith::daemon
