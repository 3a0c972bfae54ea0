#include "accounts/user.hpp"

#include <array>

#include "accounts/user_row.hpp"

namespace kith::accounts {
namespace {

// In the order of the enumerations.
constexpr std::array<std::string_view, 4> kPermissions{"none", "user_registration", "user", "admin"};
constexpr std::array<std::string_view, 3> kStates{"active", "suspended", "deleted"};

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view permission_name(Permission permission) {
  return kPermissions.at(static_cast<std::size_t>(permission));
}

std::optional<Permission> permission_from_name(std::string_view name) {
  return find_name<Permission>(kPermissions, name);
}

std::string_view user_state_name(UserState state) {
  return kStates.at(static_cast<std::size_t>(state));
}

std::optional<UserState> user_state_from_name(std::string_view name) {
  return find_name<UserState>(kStates, name);
}

std::optional<User> user_from_row(const storage::Row& row) {
  const auto id = core::UserId::parse(row.text(0));
  const auto permission = permission_from_name(row.text(7));
  const auto state = user_state_from_name(row.text(8));
  if (!id || !permission || !state) return std::nullopt;
  User user;
  user.id = *id;
  user.handle = row.text(1);
  user.domain = row.optional_text(2);
  user.is_local = !user.domain.has_value();
  user.email = row.optional_text(3).value_or("");
  user.first_name = row.text(4);
  user.last_name = row.text(5);
  user.organization = row.optional_text(6);
  user.permission = *permission;
  user.state = row.optional_integer(13) ? UserState::deleted : *state;
  user.quota_bytes = static_cast<std::uint64_t>(row.integer(9));
  user.created_at = row.time(10);
  user.updated_at = row.time(11);
  user.language = row.optional_text(12);
  return user;
}

}  // namespace kith::accounts
