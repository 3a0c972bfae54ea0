#pragma once
// Who may do what: one table that names, for each method and pattern served, the access it needs and the scope that an
// API token needs beside it. Routes ask it when they are made, and say nothing about it themselves. Constant data and
// pure functions, thread-safe.

#include <optional>
#include <span>
#include <string_view>

#include "accounts/scopes.hpp"
#include "core/error.hpp"
#include "daemon/http/router.hpp"

namespace kith::daemon {

// Absent and forbidden look the same where it would tell something; a missing log-in is 401.
enum class Access : std::uint8_t {
  nobody,        // not in the table: check_permissions() fails, and the daemon does not start
  anyone,        // also who says nothing about who they are
  registration,  // with a registration token, which the endpoint itself uses up
  outsider,      // with a link's token or code, which the endpoint itself looks at; on the public listener too
  presigned,     // with a signed address, which the endpoint itself looks at; on the public listener too
  peer,          // other instances, whose messages carry proofs of their own; on the public listener too
  logged_in,     // any log-in: its own token and account
  user,          // a log-in with permission user or admin
  admin,         // a log-in with permission admin
};

// What makes an API token do in the place of a log-in.
struct NeededScope {
  bool any_token = false;                // whatever its scopes
  std::optional<accounts::Scope> scope;  // with this one; nothing: only a log-in will do, unless any_token
  bool is_among(const accounts::Scopes& scopes) const { return any_token || (scope && scopes.has(*scope)); }
  bool operator==(const NeededScope&) const = default;
};

struct Permit {
  Access access = Access::nobody;
  NeededScope scope = {};
  // Whether the token of a log-in, or an API token, is needed.
  bool needs_token() const { return access >= Access::logged_in; }
};

struct PermissionRow {
  Method method;
  std::string_view pattern;
  Access access;
  NeededScope scope = {};
};

std::span<const PermissionRow> permission_table();
// Access::nobody for what is not in the table.
Permit permit_of(Method method, std::string_view pattern);

// Fails, naming them, when routes are not in the table, or are on the public listener though they need a token of ours.
[[nodiscard]] core::Expected<void> check_permissions(const Router& router);

// As the OpenAPI document has it: "logged_in".
std::string_view access_name(Access access);
// "files:read", "any" or "none".
std::string_view needed_scope_name(const NeededScope& needed);

}  // namespace kith::daemon
