// Making an account: challenge, registration token, account, proof of the e-mail address.
#include <array>
#include <nlohmann/json.hpp>

#include "accounts/authorization.hpp"
#include "core/encoding.hpp"
#include "daemon/api/csrf.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/strangers_body.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::array<std::string_view, 2> kLanguages{"de", "en"};  // of mails

Response not_stored(int status, const Json& body) {
  auto response = Response::json(status, core::to_json_text(body));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Expected<Response> get_challenge(const Call& call) {
  KITH_TRY(refuse_cross_site(call.request));
  KITH_TRY_ASSIGN(made, call.services.accounts.entrance().challenge(call.client()));
  return not_stored(200, {{"algorithm", accounts::kChallengeAlgorithm},
                          {"challenge", made.challenge},
                          {"maxnumber", made.max_number},
                          {"salt", made.salt},
                          {"signature", made.signature}});
}

Expected<Response> create_token(const Call& call) {
  KITH_TRY_ASSIGN(body, strangers_body(call.request, {"altcha", "invite"}));
  KITH_TRY_ASSIGN(altcha, core::required_text(body, "altcha", kMaxStrangersText));
  KITH_TRY_ASSIGN(invite, core::optional_text(body, "invite", kMaxStrangersText));
  KITH_TRY_ASSIGN(given, call.services.accounts.entrance().registration_token(altcha, invite, call.client()));
  return not_stored(201, {{"token", given.token}, {"expires_at", core::format_timestamp(given.expires_at)}});
}

std::string_view registration_token(const Request& request) {
  const auto field = request.headers.get("Authorization");
  const auto token =
      field && request.headers.count("Authorization") == 1 ? accounts::parse_bearer(*field) : std::nullopt;
  // Nothing is a token that is not good, and gets its answer.
  return token.value_or("");
}

// The language of a mail to somebody of whom nothing else is known: what the browser asks for, in its order.
std::optional<std::string> language_asked_for(const Request& request) {
  auto rest = request.headers.get("Accept-Language").value_or("");
  while (!rest.empty()) {
    const auto end = rest.find(',');
    auto range = rest.substr(0, end);
    range.remove_prefix(std::min(range.find_first_not_of(" \t"), range.size()));
    const auto primary = core::to_lower_ascii(range.substr(0, range.find_first_of("-; \t")));
    if (std::ranges::find(kLanguages, primary) != kLanguages.end()) return primary;
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return std::nullopt;
}

Expected<Response> create_user(const Call& call) {
  KITH_TRY_ASSIGN(body, strangers_body(call.request, {"email", "password", "first_name", "last_name", "organization",
                                                      "handle", "language"}));
  accounts::NewLocalUser wanted;
  KITH_TRY_ASSIGN(email, core::required_text(body, "email", kMaxStrangersText));
  KITH_TRY_ASSIGN(password, core::required_text(body, "password", accounts::kMaxPasswordBytes));
  KITH_TRY_ASSIGN(first_name, core::required_text(body, "first_name", kMaxStrangersText));
  KITH_TRY_ASSIGN(last_name, core::required_text(body, "last_name", kMaxStrangersText));
  KITH_TRY_ASSIGN(organization, core::optional_text(body, "organization", kMaxStrangersText));
  KITH_TRY_ASSIGN(handle, core::optional_text(body, "handle", kMaxStrangersText));
  KITH_TRY_ASSIGN(language, core::optional_text(body, "language", kMaxStrangersText));
  wanted.email = email;
  wanted.password = password;
  wanted.first_name = first_name;
  wanted.last_name = last_name;
  wanted.organization = organization;
  wanted.handle = handle;
  wanted.language = language ? language : language_asked_for(call.request);
  KITH_TRY_ASSIGN(user, call.services.accounts.entrance().begin_registration(registration_token(call.request), wanted,
                                                                             call.client()));
  auto shown = user_json(user, call.services.identity.domain());
  shown["verified"] = false;
  return not_stored(201, shown);
}

Expected<Response> verify_email(const Call& call) {
  KITH_TRY_ASSIGN(body, strangers_body(call.request, {"token"}));
  KITH_TRY_ASSIGN(token, core::required_text(body, "token", kMaxStrangersText));
  KITH_TRY(call.services.accounts.entrance().verify_email(token, call.client()));
  return Response::empty(204);
}

}  // namespace

void add_registration_routes(Router& router, const Services& services) {
  const auto add = [&](Method method, const char* pattern, std::size_t max_body, Endpoint run) {
    add_endpoint(router, services, {.method = method, .pattern = pattern, .max_body = max_body, .run = std::move(run)});
  };
  add(Method::get, "/api/challenge", 0, get_challenge);
  add(Method::post, "/api/registration-tokens", kMaxStrangersBody, create_token);
  add(Method::post, "/api/users", kMaxStrangersBody, create_user);
  add(Method::post, "/api/users/verify-email", kMaxStrangersBody, verify_email);
}

}  // namespace kith::daemon
