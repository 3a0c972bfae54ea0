#pragma once
// One endpoint of the HTTP interface: what it is called by, and the function that does it. Permissions (as
// permissions.cpp has them), unknown parameters, idempotency and errors are handled here, once for all of them.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/user.hpp"
#include "core/error.hpp"
#include "daemon/api/permissions.hpp"
#include "daemon/api/services.hpp"
#include "daemon/http/router.hpp"

namespace kith::daemon {

// Where the function runs: on a handler thread, or among the calls that may wait for other instances.
enum class Waits : std::uint8_t {
  briefly,
  for_network,           // among the peer calls
  for_peers_with_owner,  // among the peer calls when the parameter `owner` names somebody elsewhere
};

// A request with who sent it.
struct Call {
  const Request& request;
  const Services& services;
  std::optional<accounts::Principal> who;  // there where the permit needs a token

  const core::UserId& user() const { return who->user; }
  // A script counts as its admin only with the scope for it.
  bool is_admin() const {
    return who && who->permission == accounts::Permission::admin &&
           (!who->api_token || who->scopes.has(accounts::Scope::admin));
  }
  accounts::Client client() const;
};

using Endpoint = std::function<core::Expected<Response>(const Call&)>;

// A request that is answered when something has happened, and is the function's own: no thread waits meanwhile.
struct LaterCall {
  Request request;
  const Services& services;
  std::optional<accounts::Principal> who;

  const core::UserId& user() const { return who->user; }
};
// Called once, from any thread. Dropped without a call answers 500.
using Answer = std::function<void(core::Expected<Response>)>;
using LaterEndpoint = std::function<void(LaterCall call, Answer answer)>;

struct EndpointSpec {
  Method method = Method::get;
  std::string pattern = {};
  std::vector<std::string_view> query = {};  // the parameters it knows; others are refused
  std::size_t max_body = 0;                  // 0: no fields are taken; an empty JSON object is fine
  Endpoint run = {};
  LaterEndpoint run_later = {};  // in the place of `run`; takes no idempotency key and waits for no peers
  Waits waits = Waits::briefly;
  bool takes_idempotency_key = false;
};

// Serves `spec` on the local listener; what outsiders may call also on the public one.
void add_endpoint(Router& router, const Services& services, EndpointSpec spec);

// Who sends this request, by bearer token (of a log-in, or an API token) or session cookie: unauthorized without a good
// one, csrf when another site may have made the request, not_found without the permission, scope_missing for an API
// token that is not for this. Nothing where the permit needs no token.
[[nodiscard]] core::Expected<std::optional<accounts::Principal>> authorise(const Services& services,
                                                                           const Request& request,
                                                                           const Permit& permit);

// The problem document for `error`. What went wrong inside is for the log, not for whoever asked.
Response error_answer(const Services& services, const Request& request, const core::Error& error);

// The token a request comes with, not verified yet. `Authorization: Bearer` counts before the cookie.
struct PresentedToken {
  std::string_view text;  // points into the request
  bool in_cookie = false;
};
// unauthorized when there is none, or more than one of a kind.
[[nodiscard]] core::Expected<PresentedToken> presented_token(const Services& services, const Request& request);

// bad_request naming the parameter that is not in `known`, or stands twice.
[[nodiscard]] core::Expected<void> check_query(const Request& request, const std::vector<std::string_view>& known);

// The parameters `cursor` and `limit` (1 to 500, default 50) of lists.
struct ListParameters {
  std::optional<std::string> cursor;
  int limit = 50;
};
[[nodiscard]] core::Expected<ListParameters> list_parameters(const Request& request);

}  // namespace kith::daemon
