// What admins see of the whole instance: the disk, its health, everybody's connections and log-ins.
#include <nlohmann/json.hpp>

#include "daemon/api/endpoint.hpp"
#include "daemon/api/operator_view.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "federation/session/session_acceptor.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

Json time_or_null(const std::optional<core::Timestamp>& time) {
  return time ? Json(core::format_timestamp(*time)) : Json(nullptr);
}

Json verification_json(const std::optional<Verification>& last) {
  if (!last) return nullptr;
  return {{"finished_at", core::format_timestamp(last->finished_at)},
          {"checked", last->checked},
          {"damaged", last->damaged}};
}

Expected<Response> get_storage(const Call& call) {
  KITH_TRY_ASSIGN(view, call.services.operator_view.storage());
  Json users = Json::array();
  for (const auto& user : view.users) {
    users.push_back({{"user_id", user.user.text()},
                     {"handle", user.handle},
                     {"email", user.email},
                     {"used_bytes", user.used_bytes},
                     {"quota_bytes", user.quota_bytes}});
  }
  return Response::json(200,
                        core::to_json_text({{"disk",
                                             {{"path", view.disk.path},
                                              {"total_bytes", view.disk.total_bytes},
                                              {"free_bytes", view.disk.free_bytes},
                                              {"keep_free_bytes", view.disk.keep_free_bytes}}},
                                            {"content", {{"count", view.content_count}, {"bytes", view.content_bytes}}},
                                            {"thumbnails_bytes", view.thumbnails_bytes},
                                            {"database_bytes", view.database_bytes},
                                            {"users", std::move(users)},
                                            {"damaged_count", view.damaged},
                                            {"last_verification", verification_json(view.last_verification)},
                                            {"last_backup_at", time_or_null(view.last_backup_at)}}));
}

Expected<Response> get_health(const Call& call) {
  KITH_TRY_ASSIGN(view, call.services.operator_view.health());
  Json checks = Json::array();
  for (const auto& check : view.checks) checks.push_back(check_json(check));
  return Response::json(200, core::to_json_text({{"version", KITH_VERSION},
                                                 {"started_at", core::format_timestamp(view.started_at)},
                                                 {"checks", std::move(checks)}}));
}

// No words, purposes and fingerprints: those are for the two people.
Json admin_connection_json(const federation::ConnectionView& view) {
  const Json whole = connection_json(view);
  Json out = Json::object();
  for (const char* name : {"id", "state", "direction", "local", "peer", "verified", "peer_instance", "created_at",
                           "updated_at", "established_at"})
    out[name] = whole[name];
  return out;
}

Expected<Response> list_connections(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  KITH_TRY_ASSIGN(found, call.services.connections.list({}, page.cursor, static_cast<std::size_t>(page.limit)));
  Json items = Json::array();
  for (const auto& view : found.items) items.push_back(admin_connection_json(view));
  return Response::json(200, list_text(std::move(items), found.next));
}

Json log_in_json(const accounts::LogInOfUser& listed, const Call& call) {
  const auto& row = listed.log_in.row;
  return {{"id", row.id.text()},
          {"user_id", listed.user.text()},
          {"handle", listed.handle},
          {"current", row.id == call.who->log_in && !call.who->api_token},
          {"logged_in_at", core::format_timestamp(row.logged_in_at)},
          {"renewed_at", core::format_timestamp(row.issued_at)},
          {"expires_at", core::format_timestamp(row.expires_at)},
          {"client", listed.log_in.client},
          {"user_agent", listed.log_in.user_agent}};
}

Expected<Response> list_sessions(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  std::optional<accounts::LogInId> before;
  if (page.cursor) {
    before = accounts::LogInId::parse(*page.cursor);
    if (!before) return fail(ErrorCode::bad_request, "this cursor is not one of this list");
  }
  const auto limit = static_cast<std::size_t>(page.limit);
  KITH_TRY_ASSIGN(found, call.services.accounts.tokens().list_all(before, limit));
  Json items = Json::array();
  for (const auto& listed : found) items.push_back(log_in_json(listed, call));
  const Json next = found.size() == limit ? Json(found.back().log_in.row.id.text()) : Json(nullptr);
  return Response::json(200, core::to_json_text({{"items", std::move(items)},
                                                 {"next", next},
                                                 {"peer_sessions", call.services.sessions.open_sessions()}}));
}

}  // namespace

void add_overview_routes(Router& router, const Services& services) {
  const auto add = [&](const char* pattern, std::vector<std::string_view> query, Endpoint run) {
    add_endpoint(router, services,
                 {.method = Method::get, .pattern = pattern, .query = std::move(query), .run = std::move(run)});
  };
  add("/api/admin/storage", {}, get_storage);
  // Looks names up and tries ports.
  add_endpoint(router, services,
               {.method = Method::get, .pattern = "/api/admin/health", .run = get_health, .waits = Waits::for_network});
  add("/api/admin/connections", {"cursor", "limit"}, list_connections);
  add("/api/admin/sessions", {"cursor", "limit"}, list_sessions);
}

}  // namespace kith::daemon
