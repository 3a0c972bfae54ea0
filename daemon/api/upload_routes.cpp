// Resumable uploads of people with an account: tus at /api/uploads, and the list of unfinished ones.
#include <nlohmann/json.hpp>

#include "daemon/api/endpoint.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/session_cookie.hpp"
#include "daemon/api/tus_routes.hpp"

namespace kith::daemon {
namespace {

using core::Expected;

constexpr std::string_view kPath = "/api/uploads";
constexpr std::string_view kUploadPattern = "/api/uploads/{id}";

Json upload_json(const assets::ResumableUpload& upload) {
  return {{"id", upload.id.text()},
          {"name", upload.name},
          {"size", upload.size},
          {"offset", upload.received},
          {"created_at", core::format_timestamp(upload.created_at)},
          {"expires_at", core::format_timestamp(upload.expires_at)}};
}

Expected<Response> list_uploads(const Call& call) {
  KITH_TRY_ASSIGN(uploads, call.services.assets.resumable().list(call.user()));
  Json items = Json::array();
  for (const auto& upload : uploads) items.push_back(upload_json(upload));
  return Response::json(200, list_text(std::move(items), std::nullopt));
}

TusDoor door_of(const Services& services) {
  TusDoor door;
  door.pattern = kPath;
  door.upload_pattern = kUploadPattern;
  door.takes_idempotency_key = true;
  door.admit = [&services](const Request& request) -> Expected<core::UserId> {
    KITH_TRY_ASSIGN(who, authorise(services, request, permit_of(request.method, kUploadPattern)));
    return who->user;
  };
  door.admit_creation = [&services](const Request& request) -> Expected<TusAdmission> {
    KITH_TRY_ASSIGN(who, authorise(services, request, permit_of(request.method, kPath)));
    return TusAdmission{.owner = std::move(who->user)};
  };
  door.location = [&services](const Request& request, const core::UploadId& id) {
    auto path = path_below_proxy(services.config.web.url, request.host);
    if (path == "/") path.clear();
    return path.append(kPath).append("/").append(id.text());
  };
  return door;
}

}  // namespace

void add_upload_routes(Router& router, const Services& services) {
  add_tus_routes(router, services, door_of(services));
  add_endpoint(router, services, {.method = Method::get, .pattern = std::string(kPath), .run = list_uploads});
}

}  // namespace kith::daemon
