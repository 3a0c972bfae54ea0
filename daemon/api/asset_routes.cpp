// Assets by id: one's own, those of people here, and those of people elsewhere through their instances.
#include <nlohmann/json.hpp>

#include "daemon/api/content.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/people.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

Names names_for(const Call& call) {
  return {call.services.accounts.users(), call.services.identity.domain()};
}

Expected<core::AssetId> asset_id(const Call& call) {
  const auto id = core::AssetId::parse(call.request.path_value("id"));
  if (!id) return fail(ErrorCode::not_found);
  return *id;
}

Expected<Response> own_asset(const Call& call, const assets::Asset& asset) {
  KITH_TRY_ASSIGN(shares, call.services.assets.shares().shares_of(call.user(), std::span(&asset.id, 1)));
  auto names = names_for(call);
  return Response::json(200, core::to_json_text(asset_json(asset, names, shares)));
}

// ---- lists

struct AssetQuery {
  std::string kind;  // empty: all
  std::string name;
  ListParameters page;
};

Expected<AssetQuery> asset_query(const Call& call) {
  AssetQuery query;
  query.kind = call.request.query_value("kind").value_or("");
  if (!query.kind.empty() && !assets::kind_from_name(query.kind)) {
    return fail(ErrorCode::bad_request, "kind must be photo, video, audio, document or other");
  }
  query.name = call.request.query_value("name").value_or("");
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  query.page = page;
  return query;
}

Expected<Response> list_own(const Call& call, const assets::AssetFilter& filter, const assets::PageRequest& page) {
  auto& assets = call.services.assets;
  KITH_TRY_ASSIGN(found, assets.catalogue().list(call.user(), filter, page));
  std::vector<core::AssetId> ids;
  for (const auto& asset : found.items) ids.push_back(asset.id);
  KITH_TRY_ASSIGN(shares, assets.shares().shares_of(call.user(), ids));
  auto names = names_for(call);
  Json items = Json::array();
  for (const auto& asset : found.items) items.push_back(asset_json(asset, names, shares));
  return Response::json(200, list_text(std::move(items), found.next));
}

Json shared_items(const Call& call, const std::vector<assets::SharedAsset>& shared) {
  auto names = names_for(call);
  Json items = Json::array();
  for (const auto& item : shared) items.push_back(shared_asset_json(item, names));
  return items;
}

Expected<Response> list_remote(const Call& call, const std::string& peer, const AssetQuery& query) {
  federation::SharedAssetFilter filter;
  if (!query.kind.empty()) filter.kind = query.kind;
  if (!query.name.empty()) filter.name = query.name;
  filter.cursor = query.page.cursor;
  filter.limit = static_cast<std::size_t>(query.page.limit);
  KITH_TRY_ASSIGN(found, call.services.remote_assets.list(call.user(), peer, filter));
  Json items = Json::array();
  for (const auto& asset : found.items) items.push_back(remote_asset_json(asset, peer));
  return Response::json(200, list_text(std::move(items), found.next));
}

Expected<Response> list_assets(const Call& call) {
  KITH_TRY_ASSIGN(query, asset_query(call));
  KITH_TRY_ASSIGN(owner, owner_of(call));
  if (const auto* remote = std::get_if<RemotePerson>(&owner)) return list_remote(call, remote->address, query);
  const assets::AssetFilter filter{assets::kind_from_name(query.kind), query.name};
  const assets::PageRequest page{query.page.cursor.value_or(""), query.page.limit};
  if (is_caller(call, owner)) return list_own(call, filter, page);
  KITH_TRY_ASSIGN(
      shared, call.services.assets.shares().list_between(std::get<LocalPerson>(owner).id, call.user(), filter, page));
  return Response::json(200, list_text(shared_items(call, shared.items), shared.next));
}

// First what people here share, then what peers told: `next` says in which of the two to go on.
Expected<Response> list_shared_with_me(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  const std::string cursor = page.cursor.value_or("l.");
  if (!cursor.starts_with("l.") && !cursor.starts_with("r.")) {
    return fail(ErrorCode::bad_request, "this cursor is not one of this list");
  }
  const std::string inner = cursor.substr(2);
  Json items = Json::array();
  if (cursor.starts_with("l.")) {
    KITH_TRY_ASSIGN(local, call.services.assets.shares().list_with(call.user(), {inner, page.limit}));
    items = shared_items(call, local.items);
    if (local.next) return Response::json(200, list_text(std::move(items), "l." + *local.next));
    if (items.size() == static_cast<std::size_t>(page.limit)) {
      return Response::json(200, list_text(std::move(items), "r."));
    }
  }
  const auto from = cursor.starts_with("r.") && !inner.empty() ? std::optional(inner) : std::nullopt;
  const auto room = static_cast<std::size_t>(page.limit) - items.size();
  KITH_TRY_ASSIGN(told, call.services.remote_assets.shared_with_me(call.user(), from, room));
  for (const auto& item : told.items) {
    items.push_back(remote_asset_json(item.asset, item.peer));
    items.back()["told_at"] = core::format_timestamp(item.told_at);
  }
  return Response::json(200, list_text(std::move(items), told.next ? std::optional("r." + *told.next) : std::nullopt));
}

Expected<Response> list_deleted(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  KITH_TRY_ASSIGN(found,
                  call.services.assets.catalogue().list_deleted(call.user(), {page.cursor.value_or(""), page.limit}));
  auto names = names_for(call);
  Json items = Json::array();
  for (const auto& deleted : found.items) items.push_back(deleted_asset_json(deleted, names));
  return Response::json(200, list_text(std::move(items), found.next));
}

// ---- one asset

Expected<Response> get_asset(const Call& call) {
  KITH_TRY_ASSIGN(id, asset_id(call));
  KITH_TRY_ASSIGN(owner, owner_of(call));
  if (const auto* remote = std::get_if<RemotePerson>(&owner)) {
    KITH_TRY_ASSIGN(asset, call.services.remote_assets.find(call.user(), remote->address, id));
    return Response::json(200, core::to_json_text(remote_asset_json(asset, remote->address)));
  }
  if (is_caller(call, owner)) {
    KITH_TRY_ASSIGN(asset, call.services.assets.catalogue().find(call.user(), id));
    return own_asset(call, asset);
  }
  KITH_TRY_ASSIGN(shared, call.services.assets.shares().view(std::get<LocalPerson>(owner).id, call.user(), id));
  auto names = names_for(call);
  return Response::json(200, core::to_json_text(shared_asset_json(shared, names)));
}

Expected<Response> get_content(const Call& call) {
  KITH_TRY_ASSIGN(id, asset_id(call));
  KITH_TRY_ASSIGN(owner, owner_of(call));
  if (const auto* remote = std::get_if<RemotePerson>(&owner)) {
    KITH_TRY_ASSIGN(content, call.services.remote_assets.open(call.user(), remote->address, id));
    return remote_content_response(call.request, *content);
  }
  if (is_caller(call, owner)) {
    KITH_TRY_ASSIGN(content, call.services.assets.catalogue().open(call.user(), id));
    return content_response(call.request, content, false);
  }
  KITH_TRY_ASSIGN(opened, call.services.assets.shares().open(std::get<LocalPerson>(owner).id, call.user(), id));
  return content_response(call.request, {opened.shared.asset, opened.reader}, false);
}

Expected<Response> rename_asset(const Call& call) {
  KITH_TRY_ASSIGN(id, asset_id(call));
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
  KITH_TRY(core::only_fields(body, {"name"}));
  KITH_TRY_ASSIGN(name, core::required_text(body, "name", 1024));
  KITH_TRY_ASSIGN(asset, call.services.assets.catalogue().rename(call.user(), id, name));
  return own_asset(call, asset);
}

Expected<Response> delete_asset(const Call& call) {
  KITH_TRY_ASSIGN(id, asset_id(call));
  KITH_TRY(call.services.assets.catalogue().remove(call.user(), id));
  return Response::empty(204);
}

Expected<Response> undelete_asset(const Call& call) {
  KITH_TRY_ASSIGN(id, asset_id(call));
  KITH_TRY_ASSIGN(asset, call.services.assets.catalogue().restore(call.user(), id));
  return own_asset(call, asset);
}

}  // namespace

void add_asset_routes(Router& router, const Services& services) {
  // With `owner=` these may wait for another instance, so they run among the peer calls only then.
  const auto add_reading = [&](const char* pattern, std::vector<std::string_view> query, const Endpoint& run) {
    add_endpoint(router, services,
                 {.method = Method::get,
                  .pattern = pattern,
                  .query = std::move(query),
                  .run = run,
                  .waits = Waits::for_peers_with_owner});
  };
  add_reading("/api/assets", {"owner", "kind", "name", "cursor", "limit"}, list_assets);
  add_reading("/api/assets/{id}", {"owner"}, get_asset);
  add_reading("/api/assets/{id}/content", {"owner"}, get_content);
  add_endpoint(router, services,
               {.method = Method::get,
                .pattern = "/api/shared-with-me",
                .query = {"cursor", "limit"},
                .run = list_shared_with_me});
  add_endpoint(
      router, services,
      {.method = Method::get, .pattern = "/api/deleted-assets", .query = {"cursor", "limit"}, .run = list_deleted});
  add_endpoint(router, services,
               {.method = Method::patch, .pattern = "/api/assets/{id}", .max_body = 4096, .run = rename_asset});
  add_endpoint(router, services, {.method = Method::delete_, .pattern = "/api/assets/{id}", .run = delete_asset});
  add_endpoint(router, services,
               {.method = Method::post, .pattern = "/api/assets/{id}/undelete", .run = undelete_asset});
}

}  // namespace kith::daemon
