#pragma once
// Who uses this instance: people who live here and people elsewhere whom somebody here trusts, in one shape. Plain
// values.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "accounts/scopes.hpp"
#include "core/id.hpp"
#include "core/time.hpp"

namespace kith::accounts {

using LogInId = core::Id<struct LogInIdTag>;
using ApiTokenId = core::Id<struct ApiTokenIdTag>;

// Each includes those before it.
enum class Permission : std::uint8_t { none = 0, user_registration = 1, user = 2, admin = 3 };
std::string_view permission_name(Permission permission);
std::optional<Permission> permission_from_name(std::string_view name);

// Deleted: the account is gone, its address not free yet.
enum class UserState : std::uint8_t { active, suspended, deleted };
std::string_view user_state_name(UserState state);
std::optional<UserState> user_state_from_name(std::string_view name);

struct User {
  core::UserId id;
  std::string handle;
  std::optional<std::string> domain;  // nothing: lives here
  bool is_local = true;
  std::string email;  // empty for people elsewhere
  std::string first_name;
  std::string last_name;
  std::optional<std::string> organization;
  std::optional<std::string> language;       // of mails: "de"; nothing: English
  Permission permission = Permission::none;  // always none for people elsewhere
  UserState state = UserState::active;
  std::uint64_t quota_bytes = 0;
  core::Timestamp created_at;
  core::Timestamp updated_at;
};

// Who a request comes from, once its token was verified.
struct Principal {
  core::UserId user;
  std::string handle;
  Permission permission = Permission::none;
  LogInId log_in;                       // of a log-in; meaningless with an API token
  core::Timestamp expires_at;           // of the token
  std::optional<ApiTokenId> api_token;  // set: a script speaks, and `scopes` bound what it may
  Scopes scopes;
};

// Where a request comes from.
struct Client {
  std::string address;     // IP address; empty for what came from this machine's shell
  std::string user_agent;  // as sent; cut when stored
};

}  // namespace kith::accounts
