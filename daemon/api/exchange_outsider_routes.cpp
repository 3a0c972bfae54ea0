// What whoever holds a token of an exchange may ask: what it is good for, and where to put or get content.
#include "daemon/api/endpoint.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

Expected<Response> not_yet(const Call&) {
  return fail(ErrorCode::unauthorized, "Exchanges are being built.");
}

}  // namespace

void add_outsider_routes(Router& router, const Services& services) {
  const auto add = [&](Method method, std::string pattern, std::vector<std::string_view> query, Endpoint run) {
    add_endpoint(router, services,
                 {.method = method,
                  .pattern = std::move(pattern),
                  .access = Access::outsider,
                  .query = std::move(query),
                  .run = std::move(run)});
  };
  add(Method::get, "/exchange/info", {}, not_yet);
  add(Method::get, "/exchange/upload-url", {"filename", "size", "sealed_name"}, not_yet);
  add(Method::get, "/exchange/download-url", {"file", "all"}, not_yet);
  add(Method::post, "/exchange/finish", {}, not_yet);
}

}  // namespace kith::daemon
