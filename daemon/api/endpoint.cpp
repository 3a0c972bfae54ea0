#include "daemon/api/endpoint.hpp"

#include <charconv>
#include <memory>
#include <set>

#include <nlohmann/json.hpp>
#include "accounts/authorization.hpp"
#include "core/encoding.hpp"
#include "core/json.hpp"
#include "daemon/api/csrf.hpp"
#include "daemon/api/idempotency.hpp"
#include "daemon/api/session_cookie.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

Response answer_of(const Request& request, const Services& services, Expected<Response> result) {
  return result ? std::move(*result) : error_answer(services, request, result.error());
}

constexpr std::size_t kEmptyBody = 256;  // "{}" and some spaces
constexpr std::string_view kBearer = "Bearer";

// Frees the key however the function is left, unless there is an answer to keep.
class KeyInUse {
 public:
  KeyInUse(Idempotency& idempotency, const core::UserId& user, std::string_view key)
      : idempotency_(idempotency), user_(user), key_(key) {}
  ~KeyInUse() {
    if (!kept_) idempotency_.finish(user_, key_, nullptr);
  }
  void keep(const Response& answer) {
    idempotency_.finish(user_, key_, &answer);
    kept_ = true;
  }

 private:
  Idempotency& idempotency_;
  const core::UserId user_;
  const std::string key_;
  bool kept_ = false;
};

// Runs the function, at most once for each idempotency key of a user.
Expected<Response> run_once(const EndpointSpec& spec, const Call& call) {
  const auto key = call.request.headers.get("Idempotency-Key");
  if (!spec.takes_idempotency_key || !key) return spec.run(call);
  auto& idempotency = call.services.idempotency;
  const auto about = Idempotency::fingerprint(call.request);
  KITH_TRY_ASSIGN(earlier, idempotency.begin(call.user(), *key, about));
  if (earlier) return earlier->response();
  KeyInUse use(idempotency, call.user(), *key);
  auto result = spec.run(call);
  if (result) use.keep(*result);
  return result;
}

// The code of a live transfer is known to those alone who have its link.
std::string path_to_log(const Request& request) {
  const bool has_code = !request.path_value("code").empty();
  return has_code ? request.path.substr(0, request.path.find('/', 1)) + "/…" : request.path;
}

// Everything that can be refused before the endpoint itself is asked.
Expected<std::optional<accounts::Principal>> admit(const EndpointSpec& spec, const Permit& permit,
                                                   const Services& services, const Request& request) {
  KITH_TRY_ASSIGN(who, authorise(services, request, permit));
  KITH_TRY(check_query(request, spec.query));
  if (spec.max_body == 0 && !request.body.empty()) {
    KITH_TRY_ASSIGN(body, core::parse_json_object(request.body));
    KITH_TRY(core::only_fields(body, {}));
  }
  return who;
}

// What one person is told is not kept for the next one at the same browser.
Response for_one_person(Response response) {
  if (!response.headers.get("Cache-Control")) response.headers.set("Cache-Control", "no-store");
  return response;
}

// An exception here would end a thread that others need, and the daemon with it.
Response run_caught(const EndpointSpec& spec, const Call& call) {
  try {
    auto response = answer_of(call.request, call.services, run_once(spec, call));
    return call.who ? for_one_person(std::move(response)) : response;
  } catch (const std::exception& problem) {
    return answer_of(call.request, call.services, fail(ErrorCode::internal, problem.what()));
  }
}

void run_among_peer_calls(const std::shared_ptr<const EndpointSpec>& spec, Call call, std::shared_ptr<Request> request,
                          const Reply& reply) {
  const bool taken =
      call.services.peer_calls.try_post([spec, call, request, reply] { reply(run_caught(*spec, call)); });
  if (!taken) {
    core::Error busy{ErrorCode::busy, "Too many requests wait for other instances.", std::chrono::seconds(2), {}};
    reply(Response::problem(busy, request->request_id));
  }
}

// Of a request, what its answer needs once the rest was given away.
Request without_body(const Request& request) {
  Request rest;
  rest.path = request.path;
  rest.path_values = request.path_values;
  rest.request_id = request.request_id;
  return rest;
}

void run_later_caught(const EndpointSpec& spec, LaterCall call, const Reply& reply) {
  const Answer answer = [about = without_body(call.request), &services = call.services, reply,
                         in_person = call.who.has_value()](Expected<Response> result) {
    auto response = answer_of(about, services, std::move(result));
    reply(in_person ? for_one_person(std::move(response)) : std::move(response));
  };
  try {
    spec.run_later(std::move(call), answer);
  } catch (const std::exception& problem) {
    answer(fail(ErrorCode::internal, problem.what()));
  }
}

// Whether the request is about somebody on another instance.
bool names_peer(const Services& services, const Request& request) {
  const auto owner = request.query_value("owner");
  const auto at = owner ? owner->find('@') : std::string_view::npos;
  return at != std::string_view::npos && owner->substr(at + 1) != services.identity.domain();
}

accounts::Permission least_permission(Access access) {
  switch (access) {
    case Access::admin:
      return accounts::Permission::admin;
    case Access::user:
      return accounts::Permission::user;
    default:
      return accounts::Permission::none;
  }
}

core::Unexpected scope_missing(const NeededScope& needed) {
  if (!needed.scope) return fail(ErrorCode::scope_missing, "API tokens are not taken here: log in.");
  return fail(ErrorCode::scope_missing,
              "This needs an API token with the scope \"" + std::string(accounts::scope_name(*needed.scope)) + "\".");
}

// An API token is for programs: no browser holds one in its cookie.
Expected<accounts::Principal> verify(const Services& services, const Request& request, const PresentedToken& token) {
  if (token.in_cookie || !accounts::is_api_token(token.text)) {
    auto who = services.accounts.tokens().verify(token.text);
    if (!who && who.error().code == ErrorCode::unauthorized && services.accounts.tokens().is_forged(token.text)) {
      services.alerts.raise(core::alert_kinds::kInvalidInternalToken, request.client,
                            "A request came with a log-in token that this instance never made.");
    }
    return who;
  }
  return services.accounts.api_tokens().verify(
      token.text, {request.client, std::string(request.headers.get("User-Agent").value_or(""))});
}

}  // namespace

Response error_answer(const Services& services, const Request& request, const core::Error& error) {
  if (error.code == ErrorCode::internal) {
    services.log.error("request failed",
                       {{"request_id", request.request_id}, {"path", path_to_log(request)}, {"detail", error.detail}});
    return Response::problem({ErrorCode::internal, "The log of the server has more under this request id.", {}, {}},
                             request.request_id);
  }
  auto response = Response::problem(error, request.request_id);
  if (response.status == 401) response.headers.set("WWW-Authenticate", "Bearer realm=\"kith\"");
  return response;
}

accounts::Client Call::client() const {
  return {request.client, std::string(request.headers.get("User-Agent").value_or(""))};
}

void add_endpoint(Router& router, const Services& services, EndpointSpec spec) {
  Route route;
  route.method = spec.method;
  route.pattern = spec.pattern;
  const auto permit = permit_of(spec.method, spec.pattern);
  route.on_public = permit.access == Access::outsider;
  route.max_body = spec.max_body > 0 ? spec.max_body : kEmptyBody;
  auto shared = std::make_shared<const EndpointSpec>(std::move(spec));
  route.endpoint = shared;
  route.handle = [shared, permit, &services](Request arrived, Reply reply) {
    const auto request = std::make_shared<Request>(std::move(arrived));
    auto who = admit(*shared, permit, services, *request);
    if (!who) return reply(answer_of(*request, services, tl::make_unexpected(std::move(who.error()))));
    if (shared->run_later) return run_later_caught(*shared, {std::move(*request), services, std::move(*who)}, reply);
    const Call call{*request, services, std::move(*who)};
    if (shared->waits == Waits::for_network ||
        (shared->waits == Waits::for_peers_with_owner && names_peer(services, *request))) {
      return run_among_peer_calls(shared, call, request, reply);
    }
    reply(run_caught(*shared, call));
  };
  router.add(std::move(route));
}

Expected<std::optional<accounts::Principal>> authorise(const Services& services, const Request& request,
                                                       const Permit& permit) {
  if (permit.access == Access::nobody) return fail(ErrorCode::internal, "permissions.cpp has no row for this");
  if (!permit.needs_token()) return std::nullopt;
  KITH_TRY_ASSIGN(token, presented_token(services, request));
  KITH_TRY_ASSIGN(who, verify(services, request, token));
  if (token.in_cookie) KITH_TRY(check_csrf(request, token.text));
  if (who.permission < least_permission(permit.access)) return fail(ErrorCode::not_found);
  if (who.api_token && !permit.scope.is_among(who.scopes)) return scope_missing(permit.scope);
  return who;
}

Expected<PresentedToken> presented_token(const Services& services, const Request& request) {
  if (request.headers.count("Authorization") > 1) {
    return fail(ErrorCode::unauthorized, "There is more than one Authorization field.");
  }
  const auto field = request.headers.get("Authorization");
  // Another scheme may be meant for a proxy before us.
  if (field && core::equal_ignoring_case(field->substr(0, kBearer.size()), kBearer)) {
    const auto token = accounts::parse_bearer(*field);
    if (token) return PresentedToken{*token, false};
    return fail(ErrorCode::unauthorized, "`Authorization: Bearer` comes without a token.");
  }
  const SessionCookie cookie(services.identity.public_key(), services.config.web.url, request);
  KITH_TRY_ASSIGN(token, cookie.token_in(request.headers));
  if (token) return PresentedToken{*token, true};
  return fail(
      ErrorCode::unauthorized,
      "This needs `Authorization: Bearer` with an API token or one from POST /api/tokens, or the cookie from POST "
      "/api/session.");
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
