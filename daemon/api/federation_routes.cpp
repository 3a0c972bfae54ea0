// What other instances call: discovery, the handshake, sessions and the private API, on the public listener (and on the
// local one, for instances that share it).
#include "daemon/api/content.hpp"
#include "daemon/api/event_hub.hpp"
#include "daemon/api/routes.hpp"
#include "federation/net/instance_identity.hpp"
#include "federation/protocol_constants.hpp"
#include "federation/service/handshakes.hpp"
#include "federation/session/private_api.hpp"
#include "federation/session/sealed_request.hpp"
#include "federation/session/session_acceptor.hpp"
#include "federation/session/session_limits.hpp"

namespace kith::daemon {
namespace {

using federation::PrivateRequest;
using federation::PrivateResponse;
using federation::Step;
using federation::WireAnswer;

constexpr std::string_view kSignatureHeader = "Kith-Signature";

// A repeated header would leave open which one is meant: then there is none.
std::string single_header(const Request& request, std::string_view name) {
  return request.headers.count(name) == 1 ? std::string(*request.headers.get(name)) : std::string();
}

Response response_of(const WireAnswer& answer) {
  auto response = Response::text(answer.status, answer.body, answer.content_type);
  if (!answer.signature.empty()) response.headers.set(kSignatureHeader, answer.signature);
  if (answer.retry_after) response.headers.set("Retry-After", std::to_string(answer.retry_after->count()));
  return response;
}

Response response_of(PrivateResponse answer) {
  Response response;
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.headers.add(name, value);
  if (auto* text = std::get_if<std::string>(&answer.body)) {
    response.body = std::move(*text);
  } else {
    auto& stream = std::get<federation::PrivateStream>(answer.body);
    response.body = StreamedBody{body_source(std::move(stream.source)), stream.length};
  }
  return response;
}

PrivateRequest private_request(Request request) {
  PrivateRequest out;
  out.method = method_name(request.method);
  out.target = std::move(request.target);
  for (const auto& [name, value] : request.headers.all()) out.headers.emplace_back(name, value);
  out.body = std::move(request.body);
  out.own_tls13 = request.own_tls13;
  out.request_id = std::move(request.request_id);
  out.client = std::move(request.client);
  return out;
}

void add_public(Router& router, Method method, std::string pattern, std::size_t max_body, Handler handle) {
  Route route;
  route.method = method;
  route.pattern = std::move(pattern);
  route.on_public = true;
  route.max_body = max_body;
  route.handle = [handle = std::move(handle)](Request request, Reply reply) {
    if (request.headers.count("Content-Encoding") > 0) {
      const core::Error error{core::ErrorCode::bad_request, "kith/1 knows no Content-Encoding.", {}, {}};
      return reply(Response::problem(error, request.request_id));
    }
    handle(std::move(request), std::move(reply));
  };
  router.add(std::move(route));
}

void note_contact(const Services& services, int status) {
  if (status < 200 || status > 299) return;
  if (services.peer_contact.mark(services.clock.now())) services.events.publish_to_all(Event::instance());
}

void add_handshake_step(Router& router, const Services& services, Step step) {
  add_public(router, Method::post, "/handshake/" + std::string(federation::step_name(step)), federation::kMaxBodyBytes,
             [&services, step](Request request, Reply reply) {
               const auto signature = single_header(request, kSignatureHeader);
               auto answer = services.handshakes.answer(step, {request.body, signature, request.client});
               note_contact(services, answer.status);
               reply(response_of(answer));
             });
}

void add_private_path(Router& router, const Services& services, Method method, std::string path, std::size_t max_body) {
  add_public(router, method, std::string(federation::kPrivateRoot) + std::move(path), max_body,
             [&services](Request request, Reply reply) {
               auto answer = services.private_api.handle(private_request(std::move(request)));
               note_contact(services, answer.status);
               reply(response_of(std::move(answer)));
             });
}

}  // namespace

void add_federation_routes(Router& router, const Services& services) {
  add_public(router, Method::get, "/.well-known/kith", 0, [&services](Request, Reply reply) {
    auto response = Response::json(200, services.identity.discovery_document());
    response.headers.set("Cache-Control", "no-cache");
    reply(std::move(response));
  });
  for (const auto step : {Step::init, Step::exchange, Step::verify, Step::complete}) {
    add_handshake_step(router, services, step);
  }
  add_public(router, Method::post, "/handshake/poll", federation::kMaxBodyBytes,
             [&services](Request request, Reply reply) {
               const auto signature = single_header(request, kSignatureHeader);
               services.handshakes.poll({request.body, signature, request.client},
                                        [&services, reply](const WireAnswer& answer) {
                                          note_contact(services, answer.status);
                                          reply(response_of(answer));
                                        });
             });
  add_public(router, Method::post, "/api/auth", federation::kMaxBodyBytes, [&services](Request request, Reply reply) {
    auto answer = services.sessions.authenticate(private_request(std::move(request)));
    note_contact(services, answer.status);
    reply(response_of(std::move(answer)));
  });
  add_private_path(router, services, Method::post, "sealed", federation::kMaxSealedRequest);
  for (const auto* path : {"assets", "photos", "assets/{id}", "assets/{id}/content", "assets/{id}/thumbnail"}) {
    add_private_path(router, services, Method::get, path, 0);
  }
  for (const auto* path : {"notifications", "revoke", "rotate"}) {
    add_private_path(router, services, Method::post, path, federation::kMaxBodyBytes);
  }
}

}  // namespace kith::daemon
