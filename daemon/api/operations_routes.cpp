// For whoever watches the daemon.
#include <algorithm>
#include <array>

#include "daemon/api/endpoint.hpp"
#include "daemon/api/metrics.hpp"
#include "daemon/api/operator_view.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

void add_open(Router& router, std::string pattern, Handler handle) {
  Route route;
  route.pattern = std::move(pattern);
  route.on_public = route.pattern == "/healthz";
  route.handle = std::move(handle);
  router.add(std::move(route));
}

// A program on this machine that asks us itself. What proxies add says that the loopback address is theirs.
bool is_from_this_machine(const Request& request) {
  constexpr std::array<std::string_view, 6> kOfProxies{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
                                                       "X-Real-IP",       "Forwarded",        "Via"};
  const bool loopback = request.client.starts_with("127.") || request.client == "::1";
  return loopback && std::ranges::none_of(kOfProxies, [&](auto name) { return request.headers.count(name) > 0; });
}

core::Expected<Response> metrics(const Call& call) {
  const auto& [request, services, who] = call;
  if (!is_from_this_machine(request)) {
    KITH_TRY(authorise(services, request, {Access::admin, {false, accounts::Scope::admin}}));
  }
  KITH_TRY_ASSIGN(measured, services.operator_view.measure());
  auto response = Response::text(200, metrics_text(measured), kMetricsType);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

void add_operations_routes(Router& router, const Services& services) {
  // Alive: the event loop and a worker answer.
  add_open(router, "/healthz", [](Request, Reply reply) { reply(Response::json(200, R"({"status":"ok"})")); });
  // Ready: what it stands on is there too.
  add_open(router, "/readyz", [&services](Request request, Reply reply) {
    const auto hindrances = services.operator_view.hindrances();
    if (hindrances.empty()) return reply(Response::json(200, R"({"status":"ready"})"));
    std::string detail;
    for (const auto& one : hindrances) detail.append(detail.empty() ? "" : " ").append(one);
    reply(
        Response::problem({core::ErrorCode::busy, std::move(detail), std::chrono::seconds(5), {}}, request.request_id));
  });
  add_endpoint(router, services, {.method = Method::get, .pattern = "/metrics", .run = metrics});
}

}  // namespace kith::daemon
