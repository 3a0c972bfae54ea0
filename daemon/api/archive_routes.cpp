// A selection of one's own files, or an album, as one ZIP: asked for by a POST, fetched by a plain GET, as a browser's
// download is.
#include <nlohmann/json.hpp>

#include "assets/limits.hpp"
#include "assets/zip_names.hpp"
#include "daemon/api/asset_ids.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/zip_body.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

constexpr std::size_t kMaxArchiveBody = 64 * 1024;
constexpr std::size_t kMaxNamedAssets = 500;

Json archive_json(const assets::Archive& archive) {
  return {{"id", archive.id.text()}, {"url", "/api/archives/" + archive.id.text()},
          {"name", archive.name},    {"size", archive.size},
          {"count", archive.count},  {"expires_at", core::format_timestamp(archive.expires_at)}};
}

// What goes into an archive, and a name that fits; empty where nothing fits better than another.
struct Choice {
  std::vector<core::AssetId> ids;
  std::string name;
};

Expected<Choice> choice_of_album(const Call& call, const std::string& text) {
  const auto id = core::AlbumId::parse(text);
  if (!id) return core::fail(ErrorCode::not_found, "There is no album \"" + text + "\".");
  auto& albums = call.services.assets.albums();
  KITH_TRY_ASSIGN(album, albums.find(call.user(), *id));
  Choice choice{{}, assets::safe_zip_name(album.name)};
  assets::PageRequest page{"", assets::kMaxPageSize};
  for (bool more = true; more;) {
    KITH_TRY_ASSIGN(found, albums.assets(call.user(), *id, page));
    for (const auto& asset : found.items) choice.ids.push_back(asset.id);
    more = found.next && choice.ids.size() <= assets::kMaxFilesPerArchive;
    page.cursor = found.next.value_or("");
  }
  if (choice.ids.empty()) return core::fail(ErrorCode::conflict, "this album is empty");
  return choice;
}

Expected<Choice> choice_of(const Call& call, const Json& body) {
  KITH_TRY_ASSIGN(album, core::optional_text(body, "album_id", 64));
  if (album && body.contains("asset_ids"))
    return core::fail(ErrorCode::bad_request, "give asset_ids or album_id, not both");
  if (album) return choice_of_album(call, *album);
  KITH_TRY_ASSIGN(ids, asset_ids_of(body, kMaxNamedAssets));
  return Choice{std::move(ids), ""};
}

Expected<Response> make_archive(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body, {.max_bytes = kMaxArchiveBody}));
  KITH_TRY(core::only_fields(body, {"asset_ids", "album_id", "name"}));
  KITH_TRY_ASSIGN(name, core::optional_text(body, "name", 1024));
  KITH_TRY_ASSIGN(choice, choice_of(call, body));
  KITH_TRY_ASSIGN(archive, call.services.assets.archives().make(call.user(), choice.ids, name.value_or(choice.name)));
  auto response = Response::json(201, core::to_json_text(archive_json(archive)));
  response.headers.set("Location", "/api/archives/" + archive.id.text());
  return response;
}

Expected<Response> get_archive(const Call& call) {
  const auto id = core::ArchiveId::parse(call.request.path_value("id"));
  if (!id) return core::fail(ErrorCode::not_found);
  KITH_TRY_ASSIGN(opened, call.services.assets.archives().open(call.user(), *id));
  return zip_response(opened.archive.name, std::move(opened.content), call.services.log);
}

}  // namespace

void add_archive_routes(Router& router, const Services& services) {
  add_endpoint(router, services,
               {.method = Method::post, .pattern = "/api/archives", .max_body = kMaxArchiveBody, .run = make_archive});
  add_endpoint(router, services, {.method = Method::get, .pattern = "/api/archives/{id}", .run = get_archive});
}

}  // namespace kith::daemon
