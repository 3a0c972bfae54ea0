// For whoever watches the daemon.
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

}  // namespace

void add_operations_routes(Router& router, const Services& services) {
  // Alive: the event loop and a worker answer.
  add_open(router, "/healthz", [](Request, Reply reply) { reply(Response::json(200, R"({"status":"ok"})")); });
  // Ready: the database answers too.
  add_open(router, "/readyz", [&services](Request request, Reply reply) {
    const auto read = services.database.read([](storage::Reader& reader) {
      return reader.query("SELECT 1", {}, [](const storage::Row&) { return false; });
    });
    if (read) return reply(Response::json(200, R"({"status":"ready"})"));
    reply(Response::problem({core::ErrorCode::busy, "The database does not answer.", std::chrono::seconds(5), {}},
                            request.request_id));
  });
}

}  // namespace kith::daemon
