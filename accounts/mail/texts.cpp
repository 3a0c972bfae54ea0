#include "accounts/mail/texts.hpp"

#include "accounts/mail/encoded_text.hpp"
#include "accounts/mail/limits.hpp"
#include "core/encoding.hpp"

namespace kith::accounts {

namespace {

using core::ErrorCode;
using Values = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t kLineWidth = 72;  // code points

// "de", "de-AT" and "DE" are German.
const MailLanguage& language_of(const Mail& mail) {
  const auto wanted = core::to_lower_ascii(mail.language.value_or("en"));
  return wanted == "de" || wanted.starts_with("de-") ? kGermanMails : kEnglishMails;
}

std::string key_of(const Mail& mail) {
  std::string key(mail_kind_name(mail.kind));
  if (const auto change = mail.values.find("change"); change != mail.values.end()) key += ":" + change->second;
  return key;
}

// `text` with the values in the place of their names. What comes in that way is not looked at again.
std::string fill_in(std::string_view text, const Values& values) {
  std::string filled;
  while (!text.empty()) {
    const auto begin = text.find('{');
    filled += text.substr(0, begin);
    if (begin == text.npos) break;
    const auto end = text.find('}', begin);
    const auto value = values.find(text.substr(begin + 1, end - begin - 1));
    if (value != values.end()) filled += value->second;
    text.remove_prefix(end + 1);
  }
  return filled;
}

// Breaks a paragraph into lines. A word that fills one stays whole.
std::string wrap(std::string_view paragraph) {
  std::string lines;
  std::size_t column = 0;
  while (!paragraph.empty()) {
    const auto end = std::min(paragraph.find(' '), paragraph.size());
    const auto word = paragraph.substr(0, end);
    paragraph.remove_prefix(std::min(end + 1, paragraph.size()));
    if (word.empty()) continue;
    const auto width = core::count_code_points(word);
    const bool fits = column == 0 || column + 1 + width <= kLineWidth;
    if (column > 0) lines += fits ? ' ' : '\n';
    column = fits && column > 0 ? column + 1 + width : width;
    lines += word;
  }
  return lines;
}

std::string wrap_all(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines += wrap(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Expected<Values> sound_values(const Mail& mail, std::string_view instance) {
  Values values;
  const auto take = [&](std::string_view name, std::string_view value, std::size_t most) -> Expected<void> {
    if (!core::is_valid_utf8(value)) return core::fail(ErrorCode::bad_request, "a mail must be UTF-8");
    values[std::string(name)] = on_one_line(value, most);
    return {};
  };
  KITH_TRY(take("instance", instance, mail_limits::kLongestValue));
  for (const auto& [name, value] : mail.values) {
    const bool cut = name == "name";  // an address or link would be another one
    KITH_TRY(take(name, value, cut ? mail_limits::kLongestValue : value.size()));
  }
  const auto link = values.find("link");
  if (link != values.end() && (!is_printable_ascii(link->second) || link->second.find(' ') != std::string::npos))
    return core::fail(ErrorCode::internal, "a mail's link must be without spaces and signs beyond ASCII");
  return values;
}

}  // namespace

Expected<MailText> mail_text(const Mail& mail, std::string_view instance) {
  KITH_TRY(check_values(mail));
  KITH_TRY_ASSIGN(values, sound_values(mail, instance));
  const auto& language = language_of(mail);
  const auto* found = language.find(key_of(mail));
  if (found == nullptr) return core::fail(ErrorCode::internal, "no text for the mail " + key_of(mail));
  const auto name = values.find("name");
  const bool named = name != values.end() && name->second.find_first_not_of(' ') != std::string::npos;
  std::string body = fill_in(named ? language.greeting_by_name : language.greeting, values) + "\n\n";
  body += fill_in(found->body, values) + "\n";
  // The line that mail programs know the end of a mail by: two dashes and a space.
  return MailText{fill_in(found->subject, values),
                  wrap_all(body) + "\n-- \n" + wrap(fill_in(language.footer, values)) + "\n"};
}

}  // namespace kith::accounts
