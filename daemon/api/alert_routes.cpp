// What an admin should look at.
#include <nlohmann/json.hpp>

#include "daemon/api/alert_book.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

core::Expected<Response> list_alerts(const Call& call) {
  KITH_TRY_ASSIGN(parameters, list_parameters(call.request));
  KITH_TRY_ASSIGN(page, call.services.alert_book.list(parameters.cursor, static_cast<std::size_t>(parameters.limit)));
  Json items = Json::array();
  for (const auto& alert : page.items) {
    items.push_back({{"kind", alert.kind},
                     {"about", alert.about},
                     {"detail", alert.detail},
                     {"count", alert.count},
                     {"first_at", core::format_timestamp(alert.first_at)},
                     {"last_at", core::format_timestamp(alert.last_at)}});
  }
  return Response::json(200, list_text(std::move(items), page.next));
}

}  // namespace

void add_alert_routes(Router& router, const Services& services) {
  add_endpoint(
      router, services,
      {.method = Method::get, .pattern = "/api/admin/alerts", .query = {"cursor", "limit"}, .run = list_alerts});
}

}  // namespace kith::daemon
