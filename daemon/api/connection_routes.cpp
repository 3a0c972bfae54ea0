// Connections with people elsewhere, and invites.
#include <nlohmann/json.hpp>

#include "daemon/api/acts.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/rendering.hpp"
#include "daemon/api/routes.hpp"
#include "federation/service/handshakes.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;
using federation::ConnectionView;

// Whose connections the caller may act on: an admin on all.
std::optional<core::UserId> scope_of(const Call& call) {
  return call.is_admin() ? std::nullopt : std::optional(call.user());
}

Expected<core::ConnectionId> connection_id(const Call& call) {
  const auto id = core::ConnectionId::parse(call.request.path_value("id"));
  if (!id) return fail(ErrorCode::not_found);
  return *id;
}

Response shown(int status, const ConnectionView& view) {
  return Response::json(status, core::to_json_text(connection_json(view)));
}

Expected<Response> create_connection(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
  KITH_TRY(core::only_fields(body, {"peer", "purpose", "invite"}));
  KITH_TRY_ASSIGN(peer, core::optional_text(body, "peer", 512));
  KITH_TRY_ASSIGN(purpose, core::optional_text(body, "purpose", 2048));
  KITH_TRY_ASSIGN(invite, core::optional_text(body, "invite", 4096));
  if (!peer && !invite)
    return fail(ErrorCode::bad_request, "say whom with \"peer\": \"bob@b.example\", or with an invite");
  KITH_TRY_ASSIGN(
      view, call.services.handshakes.start(call.user(), {peer.value_or(""), purpose.value_or(""), std::move(invite)}));
  note_act(call, "connection_asked", view.id.text(), view.peer_address);
  auto response = shown(202, view);
  response.headers.set("Location", "/api/connections/" + view.id.text());
  return response;
}

Expected<Response> list_connections(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  KITH_TRY_ASSIGN(found,
                  call.services.connections.list(scope_of(call), page.cursor, static_cast<std::size_t>(page.limit)));
  Json items = Json::array();
  for (const auto& view : found.items) items.push_back(connection_json(view));
  return Response::json(200, list_text(std::move(items), found.next));
}

Expected<Response> get_connection(const Call& call) {
  KITH_TRY_ASSIGN(id, connection_id(call));
  KITH_TRY_ASSIGN(view, call.services.connections.view(scope_of(call), id));
  return shown(200, view);
}

Expected<Response> approve(const Call& call) {
  KITH_TRY_ASSIGN(id, connection_id(call));
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
  KITH_TRY(core::only_fields(body, {"fingerprint"}));
  KITH_TRY_ASSIGN(fingerprint, core::required_text(body, "fingerprint", 256));
  KITH_TRY_ASSIGN(view, call.services.handshakes.approve(scope_of(call), id, fingerprint));
  note_act(call, "connection_approved", id.text(), view.peer_address);
  return shown(200, view);
}

Expected<Response> confirm_words(const Call& call) {
  KITH_TRY_ASSIGN(id, connection_id(call));
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
  KITH_TRY(core::only_fields(body, {"match"}));
  KITH_TRY_ASSIGN(match, core::required_bool(body, "match"));
  KITH_TRY_ASSIGN(view, call.services.handshakes.confirm_words(scope_of(call), id, match));
  note_act(call, match ? "connection_verified" : "connection_revoked", id.text(),
           match ? view.peer_address : view.peer_address + ", whose words differ");
  return shown(200, view);
}

using Act = Expected<ConnectionView> (federation::Handshakes::*)(const std::optional<core::UserId>&,
                                                                 const core::ConnectionId&);

// reject, retry, rotate and revoke take nothing but the connection; an empty JSON object is fine too. Nobody is to hear
// of an act without a name.
template <Act act>
Expected<Response> act_on(const Call& call, std::string_view name) {
  KITH_TRY_ASSIGN(id, connection_id(call));
  if (!call.request.body.empty()) {
    KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body));
    KITH_TRY(core::only_fields(body, {}));
  }
  KITH_TRY_ASSIGN(view, (call.services.handshakes.*act)(scope_of(call), id));
  if (!name.empty()) note_act(call, name, id.text(), view.peer_address);
  return shown(200, view);
}

Expected<Response> create_invite(const Call& call) {
  KITH_TRY_ASSIGN(body, core::parse_json_object(call.request.body.empty() ? "{}" : call.request.body));
  KITH_TRY(core::only_fields(body, {"expires_in", "uses"}));
  constexpr std::int64_t kWeek = 7 * 24 * 3600;
  KITH_TRY_ASSIGN(expires_in, core::optional_integer(body, "expires_in", 1, INT32_MAX));
  KITH_TRY_ASSIGN(uses, core::optional_integer(body, "uses", 1, federation::Invites::kMostUses));
  KITH_TRY_ASSIGN(invite, call.services.invites.create(call.user(), std::chrono::seconds(expires_in.value_or(kWeek)),
                                                       static_cast<int>(uses.value_or(1))));
  note_act(call, "invite_made", invite.id);
  auto response = Response::json(201, core::to_json_text(invite_json(invite)));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Expected<Response> list_invites(const Call& call) {
  KITH_TRY_ASSIGN(page, list_parameters(call.request));
  KITH_TRY_ASSIGN(found, call.services.invites.list(call.user(), page.cursor, static_cast<std::size_t>(page.limit)));
  Json items = Json::array();
  for (const auto& invite : found.items) items.push_back(invite_json(invite));
  return Response::json(200, list_text(std::move(items), found.next));
}

Expected<Response> delete_invite(const Call& call) {
  const std::string id(call.request.path_value("id"));
  KITH_TRY(call.services.invites.remove(call.user(), id));
  note_act(call, "invite_removed", id);
  return Response::empty(204);
}

}  // namespace

void add_connection_routes(Router& router, const Services& services) {
  constexpr std::size_t kMaxBody = 16 * 1024;
  add_endpoint(router, services,
               {.method = Method::post,
                .pattern = "/api/connections",
                .max_body = kMaxBody,
                .run = create_connection,
                .takes_idempotency_key = true});
  add_endpoint(
      router, services,
      {.method = Method::get, .pattern = "/api/connections", .query = {"cursor", "limit"}, .run = list_connections});
  add_endpoint(router, services, {.method = Method::get, .pattern = "/api/connections/{id}", .run = get_connection});
  const auto add_act = [&](const char* name, Endpoint run) {
    add_endpoint(router, services,
                 {.method = Method::post,
                  .pattern = std::string("/api/connections/{id}/") + name,
                  .max_body = kMaxBody,
                  .run = std::move(run)});
  };
  add_act("approve", approve);
  add_act("confirm-words", confirm_words);
  using federation::Handshakes;
  add_act("reject", [](const Call& call) { return act_on<&Handshakes::reject>(call, "connection_rejected"); });
  add_act("retry", [](const Call& call) { return act_on<&Handshakes::retry>(call, ""); });
  add_act("rotate", [](const Call& call) { return act_on<&Handshakes::rotate>(call, "connection_keys_rotated"); });
  add_act("revoke", [](const Call& call) { return act_on<&Handshakes::revoke>(call, "connection_revoked"); });

  // No idempotency key here: the answer holds the secret, which is kept nowhere in the clear.
  add_endpoint(router, services,
               {.method = Method::post, .pattern = "/api/invites", .max_body = kMaxBody, .run = create_invite});
  add_endpoint(router, services,
               {.method = Method::get, .pattern = "/api/invites", .query = {"cursor", "limit"}, .run = list_invites});
  add_endpoint(router, services, {.method = Method::delete_, .pattern = "/api/invites/{id}", .run = delete_invite});
}

}  // namespace kith::daemon
