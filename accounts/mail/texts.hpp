#pragma once
// What mails say, in English and German. Pure.

#include <string>
#include <string_view>

#include "accounts/mail/mailer.hpp"

namespace kith::accounts {

struct MailText {
  std::string subject;
  std::string body;  // lines end with LF; a link stands alone on its line
};

// In the recipient's language. `instance` is the name of this instance, as its admin chose it. What people wrote is put
// on one line and cut where it is long. internal for a mail without what it needs (check_values), bad_request for
// values that are no text.
[[nodiscard]] Expected<MailText> mail_text(const Mail& mail, std::string_view instance);

// For texts_*.cpp and their test: a subject and paragraphs with {instance}, {link} and {email} in them.
struct MailTemplate {
  std::string_view key;  // the name of the kind; of a changed second factor with ":" and what changed
  std::string_view subject;
  std::string_view body;
};
struct MailLanguage {
  std::string_view greeting, greeting_by_name;  // {name}
  std::string_view footer;
  // Null for a key that is not there.
  const MailTemplate* (*find)(std::string_view key);
};
extern const MailLanguage kEnglishMails, kGermanMails;

}  // namespace kith::accounts
