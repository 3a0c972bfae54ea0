#pragma once
// What an API token may be used for. A set of names; the numbers are stored. Plain values.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kith::accounts {

enum class Scope : std::uint8_t { files_read = 1, files_write = 2, shares = 4, connections = 8, admin = 16 };
inline constexpr Scope kAllScopes[] = {Scope::files_read, Scope::files_write, Scope::shares, Scope::connections,
                                       Scope::admin};

std::string_view scope_name(Scope scope);  // "files:read"
std::optional<Scope> scope_from_name(std::string_view name);

class Scopes {
 public:
  Scopes() = default;
  explicit Scopes(std::uint8_t bits) : bits_(bits & 31U) {}
  bool has(Scope scope) const { return (bits_ & static_cast<std::uint8_t>(scope)) != 0; }
  void add(Scope scope) { bits_ = static_cast<std::uint8_t>(bits_ | static_cast<std::uint8_t>(scope)); }
  bool empty() const { return bits_ == 0; }
  std::uint8_t bits() const { return bits_; }
  std::vector<std::string_view> names() const;
  bool operator==(const Scopes&) const = default;

 private:
  std::uint8_t bits_ = 0;
};

}  // namespace kith::accounts
