// One's own account: seeing it, changing it, ending it.
#include <nlohmann/json.hpp>

#include "accounts/own_account.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/api/session_answer.hpp"
#include "daemon/api/user_erasure.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

using core::Expected;

constexpr std::size_t kMaxBody = 32 * 1024;  // two passwords of 1,024 bytes, each of them escaped, with room
constexpr std::size_t kMaxText = 1024;       // of other fields; what they are for bounds them further

Expected<Response> me(const Call& call) {
  auto& accounts = call.services.accounts;
  KITH_TRY_ASSIGN(user, accounts.users().by_id(call.user()));
  KITH_TRY_ASSIGN(used, call.services.assets.catalogue().used_bytes(call.user()));
  KITH_TRY_ASSIGN(prospective,
                  call.services.database.read_for<std::optional<std::string>>([&](storage::Reader& reader) {
                    return accounts::EmailChanges::prospective(reader, call.user());
                  }));
  Json out = user_json(user, call.services.identity.domain());
  out["used_bytes"] = used;
  out["prospective_email"] = prospective ? Json(*prospective) : Json(nullptr);
  out["language"] = user.language ? Json(*user.language) : Json(nullptr);
  return Response::json(200, core::to_json_text(out));
}

// A text that null or nothing in it clears.
Expected<std::optional<std::optional<std::string>>> clearable_text(const Json& body, const char* field) {
  using Change = std::optional<std::optional<std::string>>;
  const auto found = body.find(field);
  if (found == body.end()) return Change();
  if (found->is_null()) return Change(std::in_place, std::nullopt);
  KITH_TRY_ASSIGN(text, core::required_text(body, field, kMaxText));
  if (text.empty()) return Change(std::in_place, std::nullopt);
  return Change(std::move(text));
}

Expected<accounts::OwnChange> wanted_change(const Json& body) {
  accounts::OwnChange change;
  KITH_TRY_ASSIGN(email, core::optional_text(body, "email", kMaxText));
  KITH_TRY_ASSIGN(password, core::optional_text(body, "password", accounts::kMaxPasswordBytes));
  KITH_TRY_ASSIGN(current_password, core::optional_text(body, "current_password", accounts::kMaxPasswordBytes));
  KITH_TRY_ASSIGN(first_name, core::optional_text(body, "first_name", kMaxText));
  KITH_TRY_ASSIGN(last_name, core::optional_text(body, "last_name", kMaxText));
  KITH_TRY_ASSIGN(organization, clearable_text(body, "organization"));
  KITH_TRY_ASSIGN(language, clearable_text(body, "language"));
  change.profile = {std::move(first_name), std::move(last_name), std::move(organization), std::move(language)};
  change.email = std::move(email);
  change.password = std::move(password);
  change.current_password = std::move(current_password);
  return change;
}

Expected<Response> change_me(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
  KITH_TRY(core::only_fields(
      body, {"current_password", "email", "password", "first_name", "last_name", "organization", "language"}));
  KITH_TRY_ASSIGN(change, wanted_change(body));
  KITH_TRY(call.services.accounts.own_account().change(*call.who, change, call.client()));
  if (change.password) call.services.accounts.tokens().log_ins_ended(call.user());
  return me(call);
}

Expected<Response> delete_me(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
  KITH_TRY(core::only_fields(body, {"current_password"}));
  KITH_TRY_ASSIGN(password, core::required_text(body, "current_password", accounts::kMaxPasswordBytes));
  KITH_TRY(call.services.accounts.own_account().remove(*call.who, password, call.client()));
  call.services.accounts.tokens().log_ins_ended(call.user());
  call.services.user_erasure.begin();
  return session_closed(call);
}

}  // namespace

void add_user_routes(Router& router, const Services& services) {
  const auto add = [&](Method method, std::size_t max_body, Endpoint run) {
    add_endpoint(router, services,
                 {.method = method, .pattern = "/api/users/me", .max_body = max_body, .run = std::move(run)});
  };
  add(Method::get, 0, me);
  add(Method::patch, kMaxBody, change_me);
  add(Method::delete_, kMaxBody, delete_me);
}

}  // namespace kith::daemon
