// Exchanges as the people who make them see them: make, list, look, revoke.
#include "daemon/api/endpoint.hpp"
#include "daemon/api/routes.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::size_t kMaxExchangeBody = 16 * 1024;

Expected<Response> not_yet(const Call&) {
  return fail(ErrorCode::not_found, "Exchanges are being built.");
}

}  // namespace

void add_exchange_routes(Router& router, const Services& services) {
  add_endpoint(router, services,
               {.method = Method::post,
                .pattern = "/api/exchanges",
                .max_body = kMaxExchangeBody,
                .run = not_yet,
                .takes_idempotency_key = true});
  add_endpoint(router, services,
               {.method = Method::get, .pattern = "/api/exchanges", .query = {"cursor", "limit"}, .run = not_yet});
  add_endpoint(router, services, {.method = Method::get, .pattern = "/api/exchanges/{id}", .run = not_yet});
  add_endpoint(router, services, {.method = Method::delete_, .pattern = "/api/exchanges/{id}", .run = not_yet});
}

}  // namespace kith::daemon
