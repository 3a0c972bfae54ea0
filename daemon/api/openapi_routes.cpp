// The description of this interface, for people and for programs that make clients of it.
#include "core/crypto/sha256.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/openapi.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/http/conditional.hpp"

namespace kith::daemon {
namespace {

// Another program has another document under the same address: it is asked for again each time, and mostly not sent.
Response document_response(const Request& request, const std::string& etag) {
  const auto known = request.headers.get("If-None-Match");
  const bool unchanged = known && (*known == "*" || etag_listed_weak(*known, etag));
  auto response = unchanged ? Response::empty(304) : Response::json(200, std::string(openapi_document()));
  response.headers.set("ETag", etag);
  response.headers.set("Cache-Control", "no-cache");
  return response;
}

}  // namespace

void add_openapi_routes(Router& router, const Services& services) {
  const auto etag = assets::entity_tag(core::sha256(core::as_bytes(openapi_document())));
  add_endpoint(
      router, services,
      {.method = Method::get,
       .pattern = "/api/openapi.json",
       .run = [etag](const Call& call) -> core::Expected<Response> { return document_response(call.request, etag); }});
}

}  // namespace kith::daemon
