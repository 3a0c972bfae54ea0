// Albums: ordered sets of one's own assets, and whom they are shared with as a whole.
#include <nlohmann/json.hpp>

#include "assets/limits.hpp"
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

constexpr std::size_t kMaxAlbumBody = 4096;
constexpr std::size_t kMaxMembersBody = 64 * 1024;

Names names_for(const Call& call) {
  return {call.services.accounts.users(), call.services.identity.domain()};
}

Expected<core::AlbumId> album_id(const Call& call) {
  const auto id = core::AlbumId::parse(call.request.path_value("id"));
  if (!id) return fail(ErrorCode::not_found);
  return *id;
}

Expected<Response> album_response(const Call& call, int status, const assets::Album& album) {
  auto names = names_for(call);
  auto response = Response::json(status, core::to_json_text(album_json(album, names)));
  if (status == 201) response.headers.set("Location", "/api/albums/" + album.id.text());
  return response;
}

// ---- albums

Expected<Response> create_album(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body, {.max_bytes = kMaxAlbumBody}));
  KITH_TRY(core::only_fields(body, {"name"}));
  KITH_TRY_ASSIGN(name, core::required_text(body, "name", 1024));
  KITH_TRY_ASSIGN(album, call.services.assets.albums().create(call.user(), name));
  return album_response(call, 201, album);
}

Expected<Response> list_albums(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  KITH_TRY_ASSIGN(found, call.services.assets.albums().list(call.user(), {page.cursor.value_or(""), page.limit}));
  auto names = names_for(call);
  Json items = Json::array();
  for (const auto& album : found.items) items.push_back(album_json(album, names));
  return Response::json(200, list_text(std::move(items), found.next));
}

Expected<Response> get_album(const Call& call) {
  KITH_TRY_ASSIGN(id, album_id(call));
  KITH_TRY_ASSIGN(album, call.services.assets.albums().find(call.user(), id));
  return album_response(call, 200, album);
}

// `cover` null: the first photo again.
Expected<assets::AlbumChange> album_change(const Json& body) {
  assets::AlbumChange change;
  KITH_TRY_ASSIGN(name, core::optional_text(body, "name", 1024));
  change.name = std::move(name);
  const auto cover = body.find("cover");
  if (cover == body.end()) return change;
  change.cover.emplace();
  if (cover->is_null()) return change;
  KITH_TRY_ASSIGN(text, core::required_text(body, "cover", 64));
  const auto id = core::AssetId::parse(text);
  if (!id) return fail(ErrorCode::not_found, "`cover` must be an asset of this album");
  *change.cover = *id;
  return change;
}

Expected<Response> change_album(const Call& call) {
  KITH_TRY_ASSIGN(id, album_id(call));
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body, {.max_bytes = kMaxAlbumBody}));
  KITH_TRY(core::only_fields(body, {"name", "cover"}));
  KITH_TRY_ASSIGN(change, album_change(body));
  KITH_TRY_ASSIGN(album, call.services.assets.albums().change(call.user(), id, change));
  return album_response(call, 200, album);
}

Expected<Response> delete_album(const Call& call) {
  KITH_TRY_ASSIGN(id, album_id(call));
  KITH_TRY(call.services.assets.albums().remove(call.user(), id));
  return Response::empty(204);
}

// ---- what is in them

Expected<Response> list_album_assets(const Call& call) {
  KITH_TRY_ASSIGN(id, album_id(call));
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  auto& assets = call.services.assets;
  KITH_TRY_ASSIGN(found, assets.albums().assets(call.user(), id, {page.cursor.value_or(""), page.limit}));
  std::vector<core::AssetId> ids;
  for (const auto& asset : found.items) ids.push_back(asset.id);
  KITH_TRY_ASSIGN(shares, assets.shares().shares_of(call.user(), ids));
  auto names = names_for(call);
  Json items = Json::array();
  for (const auto& asset : found.items) items.push_back(asset_json(asset, names, shares));
  return Response::json(200, list_text(std::move(items), found.next));
}

Expected<Response> add_album_assets(const Call& call) {
  KITH_TRY_ASSIGN(id, album_id(call));
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body, {.max_bytes = kMaxMembersBody}));
  KITH_TRY(core::only_fields(body, {"asset_ids", "before"}));
  KITH_TRY_ASSIGN(ids, asset_ids_of(body, assets::kMaxAssetsPerAlbumCall));
  KITH_TRY_ASSIGN(before_text, core::optional_text(body, "before", 64));
  const auto before = before_text ? core::AssetId::parse(*before_text) : std::nullopt;
  if (before_text && !before) return fail(ErrorCode::not_found, "`before` must be an asset of this album");
  KITH_TRY_ASSIGN(album, call.services.assets.albums().add(call.user(), id, ids, before));
  return album_response(call, 200, album);
}

Expected<Response> remove_album_assets(const Call& call) {
  KITH_TRY_ASSIGN(id, album_id(call));
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body, {.max_bytes = kMaxMembersBody}));
  KITH_TRY(core::only_fields(body, {"asset_ids"}));
  KITH_TRY_ASSIGN(ids, asset_ids_of(body, assets::kMaxAssetsPerAlbumCall));
  KITH_TRY_ASSIGN(album, call.services.assets.albums().take_out(call.user(), id, ids));
  return album_response(call, 200, album);
}

// ---- whom they are shared with

Expected<Response> create_album_share(const Call& call) {
  KITH_TRY_ASSIGN(id, album_id(call));
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body, {.max_bytes = kMaxAlbumBody}));
  KITH_TRY(core::only_fields(body, {"with", "expires_at", "strip"}));
  KITH_TRY_ASSIGN(wanted, wanted_share(call, body));
  KITH_TRY_ASSIGN(share, call.services.assets.albums().shares().share(call.user(), id, wanted.viewer, wanted.terms));
  auto names = names_for(call);
  note_act(call, "album_shared", id.text(), "with " + names.address(wanted.viewer));
  return Response::json(201, core::to_json_text(album_share_json(share, names)));
}

Expected<Response> list_album_shares(const Call& call) {
  KITH_TRY_ASSIGN(id, album_id(call));
  KITH_TRY_ASSIGN(shares, call.services.assets.albums().shares().list(call.user(), id));
  auto names = names_for(call);
  Json items = Json::array();
  for (const auto& share : shares) items.push_back(album_share_json(share, names));
  return Response::json(200, list_text(std::move(items), std::nullopt));
}

Expected<Response> delete_album_share(const Call& call) {
  KITH_TRY_ASSIGN(id, album_id(call));
  const auto share = core::AlbumShareId::parse(call.request.path_value("share_id"));
  if (!share) return fail(ErrorCode::not_found);
  KITH_TRY(call.services.assets.albums().shares().withdraw(call.user(), id, *share));
  note_act(call, "album_share_withdrawn", id.text());
  return Response::empty(204);
}

}  // namespace

void add_album_routes(Router& router, const Services& services) {
  const auto add = [&](EndpointSpec spec) { add_endpoint(router, services, std::move(spec)); };
  add({.method = Method::post,
       .pattern = "/api/albums",
       .max_body = kMaxAlbumBody,
       .run = create_album,
       .takes_idempotency_key = true});
  add({.method = Method::get, .pattern = "/api/albums", .query = {"cursor", "limit"}, .run = list_albums});
  add({.method = Method::get, .pattern = "/api/albums/{id}", .run = get_album});
  add({.method = Method::patch, .pattern = "/api/albums/{id}", .max_body = kMaxAlbumBody, .run = change_album});
  add({.method = Method::delete_, .pattern = "/api/albums/{id}", .run = delete_album});
  add({.method = Method::get,
       .pattern = "/api/albums/{id}/assets",
       .query = {"cursor", "limit"},
       .run = list_album_assets});
  add({.method = Method::post,
       .pattern = "/api/albums/{id}/assets",
       .max_body = kMaxMembersBody,
       .run = add_album_assets});
  add({.method = Method::post,
       .pattern = "/api/albums/{id}/remove",
       .max_body = kMaxMembersBody,
       .run = remove_album_assets});
  add({.method = Method::post,
       .pattern = "/api/albums/{id}/shares",
       .max_body = kMaxAlbumBody,
       .run = create_album_share,
       .takes_idempotency_key = true});
  add({.method = Method::get, .pattern = "/api/albums/{id}/shares", .run = list_album_shares});
  add({.method = Method::delete_, .pattern = "/api/albums/{id}/shares/{share_id}", .run = delete_album_share});
}

}  // namespace kith::daemon
