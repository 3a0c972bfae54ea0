#include "accounts/scopes.hpp"

namespace kith::accounts {

std::string_view scope_name(Scope scope) {
  switch (scope) {
    case Scope::files_read:
      return "files:read";
    case Scope::files_write:
      return "files:write";
    case Scope::shares:
      return "shares";
    case Scope::connections:
      return "connections";
    case Scope::admin:
      return "admin";
  }
  return "";
}

std::optional<Scope> scope_from_name(std::string_view name) {
  for (const auto scope : kAllScopes) {
    if (scope_name(scope) == name) return scope;
  }
  return std::nullopt;
}

std::vector<std::string_view> Scopes::names() const {
  std::vector<std::string_view> names;
  for (const auto scope : kAllScopes) {
    if (has(scope)) names.push_back(scope_name(scope));
  }
  return names;
}

}  // namespace kith::accounts
