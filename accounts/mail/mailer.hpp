#pragma once
// How the rest of accounts has a mail sent: by naming its kind and what it tells, within the transaction that makes the
// mail's token. The mail goes out once that transaction was committed, and is never sent when it was rolled back.
//
// Mails to an address nobody has proven yet hold nothing the asker wrote, so that they can't carry advertisements.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "storage/database.hpp"

namespace kith::accounts {

using core::Expected;

// With the values each must have. Every kind but the two marked * may also have "name", the recipient's first name. The
// instance's name is known to the mailer.
enum class MailKind : std::uint8_t {
  verify_registration,            // * "link"
  registration_of_taken_address,  // "link" to the page, where the owner of the address may log in
  verify_email_change,            // * "link"; to the new address
  email_change_asked,             // "email": the new address; to the old one
  email_change_of_taken_address,  // no values; to the owner of the wanted address
  email_changed,                  // "email": the new address; to the old one
  password_reset,                 // "link"
  password_changed,               // no values
  second_factor_changed,          // "change": one of second_factor_change below
  account_deleted,                // no values
  count_,                         // kept last
};

// What "change" of a mail about the second factor says.
namespace second_factor_change {
inline constexpr std::string_view kOn = "on";
inline constexpr std::string_view kOff = "off";
inline constexpr std::string_view kNewCodes = "new_codes";  // recovery codes were made anew
inline constexpr std::string_view kCodeUsed = "code_used";  // somebody logged in with a recovery code
inline constexpr std::string_view kOffByAdmin = "off_by_admin";
}  // namespace second_factor_change

struct Mail {
  std::string to;  // an e-mail address
  MailKind kind = MailKind::count_;
  std::optional<std::string> language;  // of the recipient: "de" or "en"; English for all others
  std::map<std::string, std::string> values = {};
};

// The name in the database and in logs, e.g. "password_reset".
std::string_view mail_kind_name(MailKind kind);

// Whether it tells the recipient of something done to their account by who was logged in. All other kinds anybody may
// cause who knows the address.
bool is_notice(MailKind kind);

// internal, with what is missing, unless `mail` has all values of its kind and no other ones. A mailer does this
// itself.
[[nodiscard]] Expected<void> check_values(const Mail& mail);

class Mailer {
 public:
  virtual ~Mailer() = default;
  // Writes `mail` down in `transaction`. A mail over the limits of its recipient is dropped, which is no error. Does
  // not wait for the network. Thread-safe.
  [[nodiscard]] virtual Expected<void> enqueue(storage::Transaction& transaction, const Mail& mail) = 0;
};

}  // namespace kith::accounts
