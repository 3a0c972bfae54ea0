// A selection of one's own files as one ZIP: asked for by a POST, fetched by a plain GET, as a browser's download is.
#include <nlohmann/json.hpp>

#include "daemon/api/asset_ids.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/zip_body.hpp"

namespace kith::daemon {
namespace {

using core::Expected;
using core::Json;

constexpr std::size_t kMaxArchiveBody = 64 * 1024;
constexpr std::size_t kMaxNamedAssets = 500;

Json archive_json(const assets::Archive& archive) {
  return {{"id", archive.id.text()}, {"url", "/api/archives/" + archive.id.text()},
          {"name", archive.name},    {"size", archive.size},
          {"count", archive.count},  {"expires_at", core::format_timestamp(archive.expires_at)}};
}

Expected<Response> make_archive(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body, {.max_bytes = kMaxArchiveBody}));
  KITH_TRY(core::only_fields(body, {"asset_ids", "name"}));
  KITH_TRY_ASSIGN(ids, asset_ids_of(body, kMaxNamedAssets));
  KITH_TRY_ASSIGN(name, core::optional_text(body, "name", 1024));
  KITH_TRY_ASSIGN(archive, call.services.assets.archives().make(call.user(), ids, name.value_or("")));
  auto response = Response::json(201, core::to_json_text(archive_json(archive)));
  response.headers.set("Location", "/api/archives/" + archive.id.text());
  return response;
}

Expected<Response> get_archive(const Call& call) {
  const auto id = core::ArchiveId::parse(call.request.path_value("id"));
  if (!id) return core::fail(core::ErrorCode::not_found);
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
