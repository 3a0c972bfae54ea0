// Content of exchanges at presigned addresses, on both listeners.
#include "daemon/api/endpoint.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

void add_presigned(Router& router, Method method, SinkHandler open_sink) {
  Route route;
  route.method = method;
  route.pattern = "/exchange/content/{object}";
  route.on_public = true;
  route.open_sink = std::move(open_sink);
  router.add(std::move(route));
}

}  // namespace

void add_exchange_content_routes(Router& router, const Services& services) {
  (void)services;
  Route get;
  get.pattern = "/exchange/content/{object}";
  get.on_public = true;
  get.handle = [](Request request, const Reply& reply) {
    reply(Response::problem({ErrorCode::forbidden, {}, {}, {}}, request.request_id));
  };
  router.add(std::move(get));
  for (const auto method : {Method::put, Method::post}) {
    add_presigned(router, method,
                  [](const Request&) -> Expected<std::unique_ptr<BodySink>> { return fail(ErrorCode::forbidden); });
  }
}

}  // namespace kith::daemon
