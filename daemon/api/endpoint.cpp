#include "daemon/api/endpoint.hpp"

#include <charconv>
#include <memory>
#include <set>

#include "accounts/authorization.hpp"
#include "daemon/api/idempotency.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

Response answer_of(const Request& request, const Services& services, Expected<Response> result) {
  if (result) return std::move(*result);
  const auto& error = result.error();
  if (error.code == ErrorCode::internal) {
    services.log.error("request failed",
                       {{"request_id", request.request_id}, {"path", request.path}, {"detail", error.detail}});
    // What went wrong inside is for the log, not for whoever asked.
    return Response::problem({ErrorCode::internal, "The log of the server has more under this request id.", {}, {}},
                             request.request_id);
  }
  auto response = Response::problem(error, request.request_id);
  if (error.code == ErrorCode::unauthorized) response.headers.set("WWW-Authenticate", "Bearer realm=\"kith\"");
  return response;
}

// Runs the function, at most once for each idempotency key of a user.
Expected<Response> run_once(const EndpointSpec& spec, const Call& call) {
  const auto key = call.request.headers.get("Idempotency-Key");
  if (!spec.takes_idempotency_key || !key) return spec.run(call);
  auto& idempotency = call.services.idempotency;
  const auto about = Idempotency::fingerprint(call.request);
  KITH_TRY_ASSIGN(earlier, idempotency.begin(call.user(), *key, about));
  if (earlier) return Response::json(earlier->status, earlier->body);
  auto result = spec.run(call);
  idempotency.finish(call.user(), *key, result ? &*result : nullptr);
  return result;
}

Expected<Response> run_checked(const EndpointSpec& spec, const Services& services, const Request& request) {
  KITH_TRY_ASSIGN(who, authorise(services, request, spec.access));
  KITH_TRY(check_query(request, spec.query));
  return run_once(spec, Call{request, services, std::move(who)});
}

void run_among_peer_calls(const std::shared_ptr<const EndpointSpec>& spec, const Services& services, Request request,
                          const Reply& reply) {
  // Shared, because what a full queue refuses must still be answered.
  auto held = std::make_shared<Request>(std::move(request));
  const bool taken = services.peer_calls.try_post(
      [spec, &services, held, reply] { reply(answer_of(*held, services, run_checked(*spec, services, *held))); });
  if (!taken) {
    core::Error busy{ErrorCode::busy, "Too many requests wait for other instances.", std::chrono::seconds(2), {}};
    reply(Response::problem(busy, held->request_id));
  }
}

}  // namespace

accounts::Client Call::client() const {
  return {request.client, std::string(request.headers.get("User-Agent").value_or(""))};
}

void add_endpoint(Router& router, const Services& services, EndpointSpec spec) {
  Route route;
  route.method = spec.method;
  route.pattern = spec.pattern;
  route.max_body = spec.max_body;
  auto shared = std::make_shared<const EndpointSpec>(std::move(spec));
  route.handle = [shared, &services](Request request, Reply reply) {
    const bool peers = shared->waits == Waits::for_peers ||
                       (shared->waits == Waits::for_peers_with_owner && request.query_value("owner"));
    if (peers) {
      run_among_peer_calls(shared, services, std::move(request), reply);
    } else {
      reply(answer_of(request, services, run_checked(*shared, services, request)));
    }
  };
  router.add(std::move(route));
}

Expected<std::optional<accounts::Principal>> authorise(const Services& services, const Request& request,
                                                       Access access) {
  if (access == Access::anyone) return std::nullopt;
  const auto field = request.headers.get("Authorization");
  const auto token = field ? accounts::parse_bearer(*field) : std::nullopt;
  if (!token || request.headers.count("Authorization") != 1) {
    return fail(ErrorCode::unauthorized, "This needs `Authorization: Bearer` with a token from POST /api/tokens.");
  }
  KITH_TRY_ASSIGN(principal, services.accounts.tokens().verify(*token));
  const auto needed = access == Access::admin ? accounts::Permission::admin : accounts::Permission::user;
  if (principal.permission < needed) return fail(ErrorCode::not_found);
  return principal;
}

Expected<void> check_query(const Request& request, const std::vector<std::string_view>& known) {
  std::set<std::string_view> seen;
  for (const auto& [name, value] : request.query) {
    if (std::ranges::find(known, std::string_view(name)) == known.end()) {
      return fail(ErrorCode::bad_request, "the query parameter \"" + name.substr(0, 64) + "\" is not known here");
    }
    if (!seen.insert(name).second) {
      return fail(ErrorCode::bad_request, "the query parameter \"" + name + "\" stands twice");
    }
  }
  return {};
}

Expected<ListParameters> list_parameters(const Request& request) {
  ListParameters out;
  if (const auto cursor = request.query_value("cursor")) out.cursor = std::string(*cursor);
  if (const auto limit = request.query_value("limit")) {
    const auto* end = limit->data() + limit->size();
    const auto [stop, error] = std::from_chars(limit->data(), end, out.limit);
    if (error != std::errc{} || stop != end || out.limit < 1 || out.limit > 500) {
      return fail(ErrorCode::bad_request, "limit must be from 1 to 500");
    }
  }
  return out;
}

}  // namespace kith::daemon
