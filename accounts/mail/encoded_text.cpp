#include "accounts/mail/encoded_text.hpp"

#include <algorithm>

#include "accounts/mail/limits.hpp"
#include "core/encoding.hpp"

namespace kith::accounts {

namespace {

constexpr std::string_view kWordBegin = "=?UTF-8?B?";
constexpr std::string_view kWordEnd = "?=";

// What must not stand in one line of text, or changes how its rest is read.
bool is_out_of_line(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||  // control characters, separators
         c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);  // directions
}

// The first code point of `text`, as it is encoded there.
std::string_view first_code_point(std::string_view text) {
  auto rest = text;
  (void)core::take_code_point(rest);
  return text.substr(0, text.size() - rest.size());
}

std::string quoted(char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return {'=', kDigits[byte >> 4], kDigits[byte & 15]};
}

void append_quoted_line(std::string& out, std::string_view line) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool blank_at_end = c == ' ' && i + 1 == line.size();
    const bool plain = c >= ' ' && c < 0x7f && c != '=' && !blank_at_end;
    const auto piece = plain ? std::string(1, c) : quoted(c);
    if (column + piece.size() > mail_limits::kLongestQuotedLine - 1) {  // room for the soft line break
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  }
  out += "\r\n";
}

}  // namespace

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

std::string on_one_line(std::string_view text, std::size_t most) {
  std::string line;
  for (std::size_t count = 0; !text.empty() && count < most; ++count) {
    const auto point = first_code_point(text);
    const bool out = is_out_of_line(core::take_code_point(text));
    line += out ? std::string_view(" ") : point;
  }
  return line;
}

std::string to_encoded_words(std::string_view text, std::size_t indent) {
  // Base64 makes 4 characters of 3 bytes.
  const auto room = [](std::size_t used) {
    return (mail_limits::kLongestEncodedWord - used - kWordBegin.size() - kWordEnd.size()) / 4 * 3;
  };
  std::string words;
  while (!text.empty()) {
    const auto most = room(words.empty() ? indent : 1);
    std::string_view::size_type taken = 0;
    while (taken < text.size()) {
      const auto point = first_code_point(text.substr(taken));
      if (taken + point.size() > most) break;
      taken += point.size();
    }
    if (!words.empty()) words += "\r\n ";
    words += kWordBegin;
    words += core::to_base64(core::as_bytes(text.substr(0, taken)));
    words += kWordEnd;
    text.remove_prefix(taken);
  }
  return words;
}

std::string to_quoted_printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    append_quoted_line(out, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace kith::accounts
