// GET /api/events: what happens, as it happens (WHATWG HTML, "Server-sent events").
#include "daemon/api/endpoint.hpp"
#include "daemon/api/event_hub.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

core::Expected<Response> listen(const Call& call) {
  StreamedBody body;
  if (call.request.method != Method::head) {
    // A failure to read counts as gone: the page comes back and is told what is wrong.
    const auto still_good = [&tokens = call.services.accounts.tokens(), who = *call.who] {
      return tokens.is_live(who).value_or(false);
    };
    KITH_TRY_ASSIGN(stream, call.services.events.open({call.user(), call.is_admin(), still_good}));
    body.source = std::move(stream);
  }
  Response response;
  response.body = std::move(body);
  response.headers.set("Content-Type", "text/event-stream");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Accel-Buffering", "no");  // nginx would hold events back
  return response;
}

}  // namespace

void add_event_routes(Router& router, const Services& services) {
  add_endpoint(router, services, {.method = Method::get, .pattern = "/api/events", .run = listen});
}

}  // namespace kith::daemon
