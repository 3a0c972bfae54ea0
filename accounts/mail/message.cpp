#include "accounts/mail/message.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "accounts/mail/encoded_text.hpp"
#include "accounts/mail/limits.hpp"
#include "core/encoding.hpp"

namespace kith::accounts {

namespace {

constexpr std::string_view kEnd = "\r\n";

// "Sat, 21 Nov 2026 19:13:25 +0000" (RFC 5322, section 3.3).
std::string format_date(core::Timestamp time) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                kDays.at(std::chrono::weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
                kMonths.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

// An address that can stand between angle brackets and in a command of SMTP.
bool is_plain_address(std::string_view text) {
  const auto at = text.rfind('@');
  return at != std::string_view::npos && at != 0 && at + 1 < text.size() && is_printable_ascii(text) &&
         text.find_first_of(" <>\"\\(),;") == std::string_view::npos;
}

// Sound UTF-8 without anything that could end the field.
bool is_field_text(std::string_view text) {
  return core::is_valid_utf8(text) && on_one_line(text, text.size()) == text;
}

bool goes_as_it_is(std::string_view text) {
  return is_printable_ascii(text) && text.find("=?") == std::string_view::npos;
}

std::string subject_field(std::string_view subject) {
  constexpr std::string_view kName = "Subject: ";
  const bool plain = goes_as_it_is(subject) && subject.size() <= mail_limits::kLongestLine - kName.size();
  return std::string(kName) + (plain ? std::string(subject) : to_encoded_words(subject, kName.size()));
}

std::string from_field(std::string_view name, std::string_view address) {
  constexpr std::string_view kName = "From: ";
  constexpr std::size_t kLongestPlain = 200;
  std::string field(kName);
  if (!name.empty() && goes_as_it_is(name) && name.size() <= kLongestPlain) {
    field += '"';
    for (const char c : name) {
      if (c == '"' || c == '\\') field += '\\';
      field += c;
    }
    field += '"';
  } else {
    field += to_encoded_words(name, kName.size());
  }
  // On a line of its own, for the name may fill one.
  return field + (name.empty() ? "<" : "\r\n <") + std::string(address) + ">";
}

bool goes_as_seven_bit(std::string_view text) {
  std::size_t column = 0;
  for (const char c : text) {
    column = c == '\n' ? 0 : column + 1;
    if (column > mail_limits::kLongestLine || (c != '\n' && (c < ' ' || c >= 0x7f))) return false;
  }
  return true;
}

std::string with_line_ends(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') out += '\r';
    out += c;
  }
  if (!out.ends_with(kEnd)) out += kEnd;
  return out;
}

}  // namespace

Expected<std::string> to_rfc5322(const Message& message, TextCoding coding) {
  const auto refuse = [](const char* what) { return core::fail(core::ErrorCode::bad_request, what); };
  if (!is_plain_address(message.from)) return refuse("mails can't come from this address: see mail.from");
  if (!is_plain_address(message.to)) return refuse("no mail can go to this address");
  if (!is_printable_ascii(message.id) || !is_field_text(message.from_name) || !is_field_text(message.subject))
    return refuse("a mail's header can't hold control characters");
  if (!core::is_valid_utf8(message.text)) return refuse("a mail's text must be UTF-8");

  const bool plain = goes_as_seven_bit(message.text);
  const bool quoted = !plain && coding == TextCoding::seven_bit;
  const char* encoding = plain ? "7bit" : quoted ? "quoted-printable" : "8bit";
  std::string out;
  const auto line = [&](std::string_view name, std::string_view value) { out.append(name).append(value).append(kEnd); };
  line("Date: ", format_date(message.date));
  line("Message-ID: <", message.id + message.from.substr(message.from.rfind('@')) + ">");
  line(from_field(message.from_name, message.from), "");
  line("To: <", message.to + ">");
  line(subject_field(message.subject), "");
  line("MIME-Version: ", "1.0");
  line("Content-Type: ", plain ? "text/plain; charset=us-ascii" : "text/plain; charset=utf-8");
  line("Content-Transfer-Encoding: ", encoding);
  line("Auto-Submitted: ", "auto-generated");
  out += kEnd;
  out += quoted ? to_quoted_printable(message.text) : with_line_ends(message.text);
  return out;
}

}  // namespace kith::accounts
