#include "accounts/mail/mailer.hpp"

#include <array>

namespace kith::accounts {

namespace {

struct KindInfo {
  std::string_view name;
  std::string_view needs;  // empty: nothing
  bool may_have_name;
  bool notice;  // see is_notice()
};

// In the order of the enumeration.
constexpr std::array<KindInfo, static_cast<std::size_t>(MailKind::count_)> kKinds{{
    {"verify_registration", "link", false, false},
    {"registration_of_taken_address", "link", true, false},
    {"verify_email_change", "link", false, false},
    {"email_change_asked", "email", true, true},
    {"email_change_of_taken_address", "", true, false},
    {"email_changed", "email", true, true},
    {"password_reset", "link", true, false},
    {"password_changed", "", true, true},
    {"second_factor_changed", "change", true, true},
    {"account_deleted", "", true, true},
}};

bool is_known_change(std::string_view change) {
  using namespace second_factor_change;
  return change == kOn || change == kOff || change == kNewCodes || change == kCodeUsed || change == kOffByAdmin;
}

core::Unexpected wrong(const Mail& mail, std::string_view what) {
  return core::fail(core::ErrorCode::internal,
                    "a mail " + std::string(mail_kind_name(mail.kind)) + " " + std::string(what));
}

}  // namespace

std::string_view mail_kind_name(MailKind kind) {
  return kKinds.at(static_cast<std::size_t>(kind)).name;
}

bool is_notice(MailKind kind) {
  return kKinds.at(static_cast<std::size_t>(kind)).notice;
}

Expected<void> check_values(const Mail& mail) {
  if (mail.kind >= MailKind::count_) return core::fail(core::ErrorCode::internal, "a mail of no known kind");
  if (mail.to.empty()) return wrong(mail, "to nobody");
  const KindInfo& info = kKinds.at(static_cast<std::size_t>(mail.kind));
  for (const auto& [name, value] : mail.values) {
    const bool allowed = name == info.needs || (name == "name" && info.may_have_name);
    if (!allowed) return wrong(mail, "has no value \"" + name + "\"");
  }
  if (info.needs.empty()) return {};
  const auto needed = mail.values.find(std::string(info.needs));
  if (needed == mail.values.end() || needed->second.empty())
    return wrong(mail, "needs the value \"" + std::string(info.needs) + "\"");
  if (info.needs == "change" && !is_known_change(needed->second)) return wrong(mail, "tells of an unknown change");
  return {};
}

}  // namespace kith::accounts
