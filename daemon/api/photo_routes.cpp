// Photos by the time they were taken, and small pictures of them: one's own, and what others show.
#include <charconv>
#include <nlohmann/json.hpp>

#include "daemon/api/endpoint.hpp"
#include "daemon/api/people.hpp"
#include "daemon/api/photo_query.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/http/conditional.hpp"
#include "federation/net/instance_identity.hpp"
#include "federation/session/remote_assets.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr int kDefaultEdge = 256, kMaxEdge = 2048;

Names names_for(const Call& call) {
  return {call.services.accounts.users(), call.services.identity.domain()};
}

std::optional<std::string> value_of(const Call& call, std::string_view name) {
  const auto value = call.request.query_value(name);
  return value ? std::optional<std::string>(*value) : std::nullopt;
}

// ---- lists

Expected<Response> list_own(const Call& call, const assets::PhotoFilter& filter, const assets::PageRequest& page) {
  KITH_TRY_ASSIGN(found, call.services.photos.list(call.user(), filter, page));
  std::vector<core::AssetId> ids;
  for (const auto& asset : found.items) ids.push_back(asset.id);
  KITH_TRY_ASSIGN(shares, call.services.assets.shares().shares_of(call.user(), ids));
  auto names = names_for(call);
  Json items = Json::array();
  for (const auto& asset : found.items) items.push_back(asset_json(asset, names, shares));
  return Response::json(200, list_text(std::move(items), found.next));
}

Expected<Response> list_remote(const Call& call, const std::string& peer, const ListParameters& page) {
  federation::SharedAssetFilter filter;
  filter.kind = "photo";
  filter.photos_by_time = true;
  filter.name = value_of(call, "name");
  filter.camera = value_of(call, "camera");
  filter.from = value_of(call, "from");
  filter.to = value_of(call, "to");
  filter.cursor = page.cursor;
  filter.limit = static_cast<std::size_t>(page.limit);
  KITH_TRY_ASSIGN(found, call.services.remote_assets.list(call.user(), peer, filter));
  Json items = Json::array();
  for (const auto& asset : found.items) items.push_back(remote_asset_json(asset, peer));
  return Response::json(200, list_text(std::move(items), found.next));
}

Expected<Response> list_photos(const Call& call) {
  KITH_TRY_ASSIGN(parameters, list_parameters(call.request));
  KITH_TRY_ASSIGN(filter, photo_filter(value_of(call, "name").value_or(""), value_of(call, "camera"),
                                       value_of(call, "from"), value_of(call, "to")));
  KITH_TRY_ASSIGN(owner, owner_of(call));
  if (const auto* remote = std::get_if<RemotePerson>(&owner)) return list_remote(call, remote->address, parameters);
  const assets::PageRequest page{parameters.cursor.value_or(""), parameters.limit};
  if (is_caller(call, owner)) return list_own(call, filter, page);
  KITH_TRY_ASSIGN(shared,
                  call.services.photos.list_between(std::get<LocalPerson>(owner).id, call.user(), filter, page));
  auto names = names_for(call);
  Json items = Json::array();
  for (const auto& item : shared.items) items.push_back(shared_asset_json(item, names));
  return Response::json(200, list_text(std::move(items), shared.next));
}

Expected<Response> get_summary(const Call& call) {
  KITH_TRY_ASSIGN(summary, call.services.photos.summary(call.user()));
  Json cameras = Json::array(), months = Json::array();
  for (const auto& [name, count] : summary.cameras) cameras.push_back({{"camera", name}, {"count", count}});
  for (const auto& [month, count] : summary.months) months.push_back({{"month", month}, {"count", count}});
  return Response::json(200, core::to_json_text({{"cameras", std::move(cameras)}, {"months", std::move(months)}}));
}

// ---- thumbnails

struct Picture {
  std::string media_type, etag, bytes;
};

Expected<int> edge_of(const Call& call) {
  const auto text = call.request.query_value("size");
  if (!text) return kDefaultEdge;
  int edge = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), edge);
  if (problem != std::errc() || end != text->data() + text->size() || edge < 1 || edge > kMaxEdge) {
    return fail(ErrorCode::bad_request, "size must be from 1 to 2048");
  }
  return edge;
}

Expected<Picture> find_picture(const Call& call, const core::AssetId& id, int edge) {
  KITH_TRY_ASSIGN(owner, owner_of(call));
  if (const auto* remote = std::get_if<RemotePerson>(&owner)) {
    KITH_TRY_ASSIGN(found, call.services.remote_assets.thumbnail(call.user(), remote->address, id, edge));
    return Picture{std::move(found.media_type), std::move(found.etag), std::move(found.bytes)};
  }
  const auto& person = std::get<LocalPerson>(owner).id;
  core::Digest content;
  if (is_caller(call, owner)) {
    KITH_TRY_ASSIGN(asset, call.services.assets.catalogue().find(person, id));
    content = asset.digest;
  } else {
    KITH_TRY_ASSIGN(shared, call.services.assets.shares().view(person, call.user(), id));
    content = shared.original;
  }
  KITH_TRY_ASSIGN(found, call.services.photos.thumbnail(person, content, edge));
  return Picture{"image/webp", std::move(found.etag), std::move(found.webp)};
}

Expected<Response> get_thumbnail(const Call& call) {
  const auto id = core::AssetId::parse(call.request.path_value("id"));
  if (!id) return fail(ErrorCode::not_found);
  KITH_TRY_ASSIGN(edge, edge_of(call));
  KITH_TRY_ASSIGN(picture, find_picture(call, *id, edge));
  using Body = std::variant<std::string, FileSlice, StreamedBody>;
  auto response = conditional_response(
      call.request, {picture.bytes.size(), picture.etag, std::nullopt}, [&](const ByteRange& range) -> Body {
        return picture.bytes.substr(static_cast<std::size_t>(range.offset), static_cast<std::size_t>(range.length));
      });
  if (response.status >= 400) return response;
  if (response.status < 300) response.headers.set("Content-Type", picture.media_type);
  response.headers.set("Cache-Control", "private, no-cache");
  response.headers.set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
  return response;
}

}  // namespace

void add_photo_routes(Router& router, const Services& services) {
  // With `owner=` these may wait for another instance, so they run among the peer calls only then.
  add_endpoint(router, services,
               {.method = Method::get,
                .pattern = "/api/photos",
                .query = {"owner", "name", "camera", "from", "to", "cursor", "limit"},
                .run = list_photos,
                .waits = Waits::for_peers_with_owner});
  add_endpoint(router, services,
               {.method = Method::get,
                .pattern = "/api/assets/{id}/thumbnail",
                .query = {"owner", "size"},
                .run = get_thumbnail,
                .waits = Waits::for_peers_with_owner});
  add_endpoint(router, services, {.method = Method::get, .pattern = "/api/photos/summary", .run = get_summary});
}

}  // namespace kith::daemon
