#pragma once
// What people say about themselves, and what of it is good: the same at registration and at a later change. Pure,
// thread-safe.

#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace kith::accounts {

using core::Expected;

inline constexpr std::size_t kMaxName = 200;

// bad_request, naming `field`, unless `text` is UTF-8 of at most 200 bytes without control characters.
[[nodiscard]] Expected<void> check_name(std::string_view field, std::string_view text);
// bad_request unless mails are written in `language`.
[[nodiscard]] Expected<void> check_language(std::string_view language);

// What is absent stays as it is; in the optional of an optional, nothing clears.
struct ProfileChange {
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::optional<std::optional<std::string>> organization;
  std::optional<std::optional<std::string>> language;

  // The names of the fields it changes, for the audit log: "first_name, language".
  std::string fields() const;
};

[[nodiscard]] Expected<void> check_profile(const ProfileChange& change);

}  // namespace kith::accounts
