#include "accounts/profile.hpp"

#include <algorithm>
#include <array>

#include "core/encoding.hpp"

namespace kith::accounts {

using core::ErrorCode;
using core::fail;

namespace {

// Those of accounts/mail.
constexpr std::array<std::string_view, 2> kLanguages{"de", "en"};

}  // namespace

Expected<void> check_name(std::string_view field, std::string_view text) {
  const bool printable =
      std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
  if (text.size() > kMaxName || !printable || !core::is_valid_utf8(text))
    return fail(ErrorCode::bad_request,
                std::string(field) + " has to be UTF-8 of at most 200 bytes without control characters");
  return {};
}

Expected<void> check_language(std::string_view language) {
  if (std::find(kLanguages.begin(), kLanguages.end(), language) == kLanguages.end())
    return fail(ErrorCode::bad_request, "language has to be \"de\" or \"en\"");
  return {};
}

std::string ProfileChange::fields() const {
  std::string names;
  const auto name_if = [&](bool changed, std::string_view name) {
    if (!changed) return;
    if (!names.empty()) names += ", ";
    names += name;
  };
  name_if(first_name.has_value(), "first_name");
  name_if(last_name.has_value(), "last_name");
  name_if(organization.has_value(), "organization");
  name_if(language.has_value(), "language");
  return names;
}

Expected<void> check_profile(const ProfileChange& change) {
  if (change.first_name) KITH_TRY(check_name("first_name", *change.first_name));
  if (change.last_name) KITH_TRY(check_name("last_name", *change.last_name));
  if (change.organization && *change.organization) KITH_TRY(check_name("organization", **change.organization));
  if (change.language && *change.language) KITH_TRY(check_language(**change.language));
  return {};
}

}  // namespace kith::accounts
