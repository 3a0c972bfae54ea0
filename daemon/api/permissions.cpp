#include "daemon/api/permissions.hpp"

#include <algorithm>
#include <string>

namespace kith::daemon {
namespace {

using accounts::Scope;
using enum Access;

constexpr auto kGet = Method::get;
constexpr auto kHead = Method::head;
constexpr auto kPost = Method::post;
constexpr auto kPut = Method::put;
constexpr auto kPatch = Method::patch;
constexpr auto kDelete = Method::delete_;
constexpr auto kOptions = Method::options;

constexpr NeededScope kLogInOnly{};
constexpr NeededScope kAnyToken{true, {}};
constexpr NeededScope kFilesRead{false, Scope::files_read};
constexpr NeededScope kFilesWrite{false, Scope::files_write};
constexpr NeededScope kShares{false, Scope::shares};
constexpr NeededScope kConnections{false, Scope::connections};
constexpr NeededScope kAdmin{false, Scope::admin};

constexpr PermissionRow kTable[] = {
    // Logging in, and registration
    {kGet, "/api/welcome", anyone},
    {kPost, "/api/set-up", anyone},
    {kPost, "/api/session", anyone},
    {kGet, "/api/session", logged_in, kLogInOnly},
    {kPost, "/api/session/renew", logged_in, kLogInOnly},
    {kDelete, "/api/session", logged_in, kLogInOnly},
    {kPost, "/api/tokens", anyone},
    {kPost, "/api/tokens/verify", logged_in, kAnyToken},
    {kPost, "/api/tokens/renew", logged_in, kLogInOnly},
    {kDelete, "/api/tokens/current", logged_in, kAnyToken},
    {kDelete, "/api/tokens", logged_in, kLogInOnly},
    {kGet, "/api/challenge", anyone},
    {kPost, "/api/registration-tokens", anyone},
    {kPost, "/api/users", registration},
    {kPost, "/api/users/verify-email", anyone},
    {kPost, "/api/password-resets", anyone},
    {kPost, "/api/password-resets/redeem", anyone},

    // One's own account: a script must not take it over
    {kGet, "/api/users/me", logged_in, kAnyToken},
    {kPatch, "/api/users/me", logged_in, kLogInOnly},
    {kDelete, "/api/users/me", logged_in, kLogInOnly},
    {kGet, "/api/users/me/sessions", logged_in, kLogInOnly},
    {kDelete, "/api/users/me/sessions/{id}", logged_in, kLogInOnly},
    {kGet, "/api/users/me/api-tokens", logged_in, kLogInOnly},
    {kPost, "/api/users/me/api-tokens", logged_in, kLogInOnly},
    {kDelete, "/api/users/me/api-tokens/{id}", logged_in, kLogInOnly},
    {kGet, "/api/users/me/second-factor", logged_in, kLogInOnly},
    {kPost, "/api/users/me/second-factor", logged_in, kLogInOnly},
    {kDelete, "/api/users/me/second-factor", logged_in, kLogInOnly},
    {kPost, "/api/users/me/second-factor/confirm", logged_in, kLogInOnly},
    {kPost, "/api/users/me/recovery-codes", logged_in, kLogInOnly},
    // Tells of files, shares and connections alike, so no one scope is enough.
    {kGet, "/api/events", user, kLogInOnly},

    // Files, photos and albums
    {kGet, "/files", user, kFilesRead},
    {kGet, "/files/{name}", user, kFilesRead},
    {kGet, "/api/assets", user, kFilesRead},
    {kGet, "/api/assets/{id}", user, kFilesRead},
    {kGet, "/api/assets/{id}/content", user, kFilesRead},
    {kGet, "/api/assets/{id}/thumbnail", user, kFilesRead},
    {kGet, "/api/assets/{id}/versions", user, kFilesRead},
    {kGet, "/api/assets/{id}/versions/{number}/content", user, kFilesRead},
    {kGet, "/api/deleted-assets", user, kFilesRead},
    {kGet, "/api/photos", user, kFilesRead},
    {kGet, "/api/photos/summary", user, kFilesRead},
    {kPost, "/api/archives", user, kFilesRead},
    {kGet, "/api/archives/{id}", user, kFilesRead},
    {kGet, "/api/shared-with-me", user, kFilesRead},
    {kGet, "/api/albums", user, kFilesRead},
    {kGet, "/api/albums/{id}", user, kFilesRead},
    {kGet, "/api/albums/{id}/assets", user, kFilesRead},
    {kPost, "/files", user, kFilesWrite},
    {kPut, "/files/{name}", user, kFilesWrite},
    {kDelete, "/files", user, kFilesWrite},
    {kGet, "/api/uploads", user, kFilesWrite},
    {kPost, "/api/uploads", user, kFilesWrite},
    {kHead, "/api/uploads/{id}", user, kFilesWrite},
    {kPatch, "/api/uploads/{id}", user, kFilesWrite},
    {kPost, "/api/uploads/{id}", user, kFilesWrite},
    {kDelete, "/api/uploads/{id}", user, kFilesWrite},
    {kOptions, "/api/uploads", anyone},
    {kOptions, "/api/uploads/{id}", anyone},
    {kPatch, "/api/assets/{id}", user, kFilesWrite},
    {kDelete, "/api/assets/{id}", user, kFilesWrite},
    {kPost, "/api/assets/{id}/undelete", user, kFilesWrite},
    {kPost, "/api/assets/{id}/restore", user, kFilesWrite},
    {kPost, "/api/assets/{id}/versions/restore", user, kFilesWrite},
    {kPost, "/api/albums", user, kFilesWrite},
    {kPatch, "/api/albums/{id}", user, kFilesWrite},
    {kDelete, "/api/albums/{id}", user, kFilesWrite},
    {kPost, "/api/albums/{id}/assets", user, kFilesWrite},
    {kPost, "/api/albums/{id}/remove", user, kFilesWrite},

    // What others may see
    {kGet, "/api/shares", user, kShares},
    {kPost, "/api/shares", user, kShares},
    {kGet, "/api/shares/{id}", user, kShares},
    {kDelete, "/api/shares/{id}", user, kShares},
    {kGet, "/api/albums/{id}/shares", user, kShares},
    {kPost, "/api/albums/{id}/shares", user, kShares},
    {kDelete, "/api/albums/{id}/shares/{share_id}", user, kShares},
    {kGet, "/api/exchanges", user, kShares},
    {kPost, "/api/exchanges", user, kShares},
    {kGet, "/api/exchanges/{id}", user, kShares},
    {kDelete, "/api/exchanges/{id}", user, kShares},
    {kPost, "/api/live", user, kShares},
    {kGet, "/api/live/{id}/events", user, kShares},
    {kPost, "/api/live/{id}/requests/{rid}", user, kShares},
    {kPut, "/api/live/{id}/requests/{rid}/chunks/{n}", user, kShares},
    {kDelete, "/api/live/{id}/requests/{rid}", user, kShares},
    {kDelete, "/api/live/{id}", user, kShares},

    // People without an account
    {kGet, "/exchange/info", outsider},
    {kGet, "/exchange/upload-url", outsider},
    {kGet, "/exchange/download-url", outsider},
    {kPost, "/exchange/finish", outsider},
    {kGet, "/exchange/content/{object}", presigned},
    {kPut, "/exchange/content/{object}", presigned},
    {kPost, "/exchange/content/{object}", presigned},
    {kPost, "/exchange/resumable/{object}", presigned},
    {kHead, "/exchange/uploads/{id}", presigned},
    {kPatch, "/exchange/uploads/{id}", presigned},
    {kPost, "/exchange/uploads/{id}", presigned},
    {kDelete, "/exchange/uploads/{id}", presigned},
    {kOptions, "/exchange/resumable/{object}", anyone},
    {kOptions, "/exchange/uploads/{id}", anyone},
    {kGet, "/live/{code}", outsider},
    {kPost, "/live/{code}/requests", outsider},
    {kGet, "/live/{code}/requests/{rid}/stream", outsider},
    {kPost, "/live/{code}/requests/{rid}/received", outsider},
    {kDelete, "/live/{code}/requests/{rid}", outsider},

    // People elsewhere
    {kGet, "/api/connections", user, kConnections},
    {kPost, "/api/connections", user, kConnections},
    {kGet, "/api/connections/{id}", user, kConnections},
    {kPost, "/api/connections/{id}/approve", user, kConnections},
    {kPost, "/api/connections/{id}/confirm-words", user, kConnections},
    {kPost, "/api/connections/{id}/reject", user, kConnections},
    {kPost, "/api/connections/{id}/retry", user, kConnections},
    {kPost, "/api/connections/{id}/rotate", user, kConnections},
    {kPost, "/api/connections/{id}/revoke", user, kConnections},
    {kGet, "/api/invites", user, kConnections},
    {kPost, "/api/invites", user, kConnections},
    {kDelete, "/api/invites/{id}", user, kConnections},
    {kGet, "/api/instance", user, kConnections},

    // Other instances
    {kGet, "/.well-known/kith", peer},
    {kPost, "/handshake/init", peer},
    {kPost, "/handshake/exchange", peer},
    {kPost, "/handshake/verify", peer},
    {kPost, "/handshake/complete", peer},
    {kPost, "/handshake/poll", peer},
    {kPost, "/api/auth", peer},
    {kPost, "/api/private/v1/sealed", peer},
    {kGet, "/api/private/v1/assets", peer},
    {kGet, "/api/private/v1/photos", peer},
    {kGet, "/api/private/v1/assets/{id}", peer},
    {kGet, "/api/private/v1/assets/{id}/content", peer},
    {kGet, "/api/private/v1/assets/{id}/thumbnail", peer},
    {kPost, "/api/private/v1/notifications", peer},
    {kPost, "/api/private/v1/revoke", peer},
    {kPost, "/api/private/v1/rotate", peer},

    // Administration
    {kPatch, "/api/instance", admin, kAdmin},
    {kGet, "/api/admin/users", admin, kAdmin},
    {kPatch, "/api/admin/users/{id}", admin, kAdmin},
    {kDelete, "/api/admin/users/{id}", admin, kAdmin},
    // A script must not log in past a second factor, by taking it away or by a link.
    {kDelete, "/api/admin/users/{id}/second-factor", admin, kLogInOnly},
    {kPost, "/api/admin/users/{id}/log-in-link", admin, kLogInOnly},
    {kGet, "/api/admin/registration-invites", admin, kAdmin},
    {kPost, "/api/admin/registration-invites", admin, kAdmin},
    {kDelete, "/api/admin/registration-invites/{id}", admin, kAdmin},
    {kPost, "/api/admin/secrets/rotate", admin, kAdmin},
    {kGet, "/api/admin/alerts", admin, kAdmin},
    {kGet, "/api/admin/mail", admin, kAdmin},
    {kGet, "/api/admin/storage", admin, kAdmin},
    {kGet, "/api/admin/health", admin, kAdmin},
    {kGet, "/api/admin/connections", admin, kAdmin},
    {kGet, "/api/admin/sessions", admin, kAdmin},
    {kGet, "/api/admin/instances", admin, kAdmin},
    {kPost, "/api/admin/instances/{domain}/block", admin, kAdmin},
    {kPost, "/api/admin/instances/{domain}/unblock", admin, kAdmin},
    {kPost, "/api/admin/instances/{domain}/accept-key", admin, kAdmin},
    {kGet, "/api/admin/audit-log", admin, kAdmin},

    // For whoever watches the daemon, and for programs that make clients
    {kGet, "/healthz", anyone},
    {kGet, "/readyz", anyone},
    {kGet, "/metrics", anyone},  // on this machine; for others operations_routes.cpp asks what kAdmin does
    {kGet, "/api/openapi.json", anyone},

    // The page
    {kGet, "/", anyone},
    {kGet, "/invite", anyone},
    {kGet, "/app/{file}", anyone},
    {kGet, "/icon.svg", anyone},
    {kGet, "/manifest.webmanifest", anyone},
    {kGet, "/exchange/u", anyone},
    {kGet, "/exchange/d", anyone},
    {kGet, "/exchange/app/{file}", anyone},
    {kGet, "/exchange/icon.svg", anyone},
    {kGet, "/live/l", anyone},
    {kGet, "/live/app/{file}", anyone},
    {kGet, "/live/icon.svg", anyone},
};

constexpr const PermissionRow* find_row(Method method, std::string_view pattern) {
  for (const auto& row : kTable) {
    if (row.method == method && row.pattern == pattern) return &row;
  }
  return nullptr;
}

// A second row of the same route would never be looked at.
constexpr bool rows_differ() {
  return std::ranges::all_of(kTable,
                             [](const PermissionRow& row) { return find_row(row.method, row.pattern) == &row; });
}
static_assert(rows_differ(), "a route stands twice in the table of permissions");

std::string_view wrong_with(const Route& route) {
  const auto permit = permit_of(route.method, route.pattern);
  if (permit.access == nobody)
    return "is not in the table: give it a row there, with the access and the scope it needs";
  if (route.on_public && (permit.needs_token() || permit.access == registration))
    return "is on the public listener, where nobody logs in";
  return {};
}

}  // namespace

std::span<const PermissionRow> permission_table() {
  return kTable;
}

Permit permit_of(Method method, std::string_view pattern) {
  const auto* row = find_row(method, pattern);
  return row == nullptr ? Permit{} : Permit{row->access, row->scope};
}

core::Expected<void> check_permissions(const Router& router) {
  std::string wrong;
  for (const auto& route : router.routes()) {
    const auto why = wrong_with(route);
    if (why.empty()) continue;
    wrong.append("; ").append(method_name(route.method)).append(" ").append(route.pattern).append(" ").append(why);
  }
  if (wrong.empty()) return {};
  return core::fail(core::ErrorCode::internal, "daemon/api/permissions.cpp does not fit the routes" + wrong);
}

std::string_view access_name(Access access) {
  switch (access) {
    case nobody:
      return "nobody";
    case anyone:
      return "anyone";
    case registration:
      return "registration";
    case outsider:
      return "outsider";
    case presigned:
      return "presigned";
    case peer:
      return "peer";
    case logged_in:
      return "logged_in";
    case user:
      return "user";
    case admin:
      return "admin";
  }
  return "";
}

std::string_view needed_scope_name(const NeededScope& needed) {
  if (needed.any_token) return "any";
  return needed.scope ? accounts::scope_name(*needed.scope) : "none";
}

}  // namespace kith::daemon
